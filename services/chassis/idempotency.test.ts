import fc from "fast-check";
import { expect, test } from "vitest";
import { canonicalJson, requestHash } from "./idempotency.ts";

/** The same value with the members of every object in another order. */
function shuffled(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shuffled);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([name, member]) => [name, shuffled(member)]),
  );
}

test("the order of members does not make another request", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(requestHash(shuffled(value))).toBe(requestHash(value));
    }),
  );
});

test("the text is the value's own JSON", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const json = JSON.parse(JSON.stringify(value));
      expect(JSON.parse(canonicalJson(json))).toEqual(json);
    }),
  );
});

test("different requests have different hashes", () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (one, other) => {
      const same = canonicalJson(one) === canonicalJson(other);
      expect(requestHash(one) === requestHash(other)).toBe(same);
    }),
  );
  expect(requestHash([1, 2])).not.toBe(requestHash([2, 1]));
  expect(requestHash({ a: 1 })).not.toBe(requestHash({ a: "1" }));
});

test("a member that is not there is like one that is undefined", () => {
  expect(requestHash({ amount: undefined, kind: "refund" })).toBe(requestHash({ kind: "refund" }));
});
