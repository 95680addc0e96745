import { expect, test } from "vitest";
import { selects } from "./selector.ts";

const labels = { app: "web", tier: "front" };
const expression = (key: string, operator: string, values?: string[]) => ({
  matchExpressions: [{ key, operator, ...(values === undefined ? {} : { values }) }],
});

test.each([
  [{}, true],
  [undefined, false],
  [null, false],
  [{ matchLabels: { app: "web" } }, true],
  [{ matchLabels: { app: "web", tier: "back" } }, false],
  [expression("app", "In", ["api", "web"]), true],
  [expression("app", "In", ["api"]), false],
  [expression("zone", "In", ["a"]), false],
  [expression("app", "NotIn", ["api"]), true],
  [expression("app", "NotIn", ["web"]), false],
  [expression("zone", "NotIn", ["a"]), true],
  [expression("app", "Exists"), true],
  [expression("zone", "Exists"), false],
  [expression("zone", "DoesNotExist"), true],
  [expression("app", "DoesNotExist"), false],
  [{ matchLabels: { app: "web" }, ...expression("tier", "In", ["back"]) }, false],
])("%j: %s", (selector, chosen) => {
  expect(selects(selector, labels)).toBe(chosen);
});
