import { expect, test } from "vitest";
import { RetryBudget } from "./retry-budget.ts";

test("allows a burst, then one retry for each five requests", () => {
  const budget = new RetryBudget();
  let burst = 0;
  while (budget.spend()) burst++;
  expect(burst).toBe(100);

  let retries = 0;
  for (let request = 0; request < 1000; request++) {
    budget.earn();
    if (budget.spend()) retries++;
  }
  expect(retries).toBeGreaterThanOrEqual(199);
  expect(retries).toBeLessThanOrEqual(200);
});
