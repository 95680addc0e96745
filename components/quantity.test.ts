import { expect, test } from "vitest";
import { parseQuantity } from "./quantity.ts";

test.each([
  ["250m", 0.25],
  ["1", 1],
  ["0.5", 0.5],
  ["128Mi", 128 * 2 ** 20],
  ["1G", 1e9],
])("%s is %d", (text, value) => expect(parseQuantity(text)).toBe(value));

test.each(["", "0", "0Gi", "-1", "1 Gi", "1gb", "1.Gi", ".5", "Mi", "1e3"])("%j is no quantity", (text) => {
  expect(parseQuantity(text)).toBeUndefined();
});
