import fc from "fast-check";
import { expect, test } from "vitest";
import { Problem } from "../../chassis/index.ts";
import { readCursor, writeCursor } from "./cursor.ts";

test("what is written is read", () => {
  const cursor = fc.record({
    rank: fc.float({ noNaN: true, noDefaultInfinity: true, min: 0, minExcluded: true }),
    sku: fc.stringMatching(/^[\w.-]{1,64}$/),
  });
  fc.assert(
    fc.property(cursor, (given) => {
      expect(readCursor(writeCursor(given))).toEqual(given);
    }),
  );
});

test("anything else is refused as the caller's mistake", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      expect(() => readCursor(text)).toThrow(Problem);
    }),
  );
});
