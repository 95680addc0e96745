import { expect, test } from "vitest";
import { withdrawalEnd } from "./goods-return.ts";

test.each([
  ["2026-03-01T00:00:00.000Z", "2026-03-15T23:59:59.999Z"],
  ["2026-03-01T23:59:59.999Z", "2026-03-15T23:59:59.999Z"],
  ["2026-12-20T12:00:00.000Z", "2027-01-03T23:59:59.999Z"],
])("what arrives at %s can be sent back until %s", (delivered, until) => {
  expect(withdrawalEnd(new Date(delivered)).toISOString()).toBe(until);
});
