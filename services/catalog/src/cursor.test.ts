import fc from "fast-check";
import { expect, test } from "vitest";
import { Problem } from "../../chassis/index.ts";
import { type KeyKind, readCursor, writeCursor } from "./cursor.ts";

const id = fc.stringMatching(/^[a-z0-9]{1,9}(-[a-z0-9]{1,9}){0,5}$/);
const keys: Readonly<Record<KeyKind, fc.Arbitrary<string | number>>> = {
  number: fc.float({ noNaN: true, noDefaultInfinity: true }).map((number) => number || 0),
  integer: fc.maxSafeInteger(),
  text: fc.string({ unit: "binary" }).filter((text) => !text.includes("\0") && text.isWellFormed()),
};

test.each(["number", "integer", "text"] as const)("what is written with a %s is read", (kind) => {
  fc.assert(
    fc.property(keys[kind], id, (key, id) => {
      const cursor = { sort: "name", key, id } as const;
      expect(readCursor(writeCursor(cursor), "name", kind)).toEqual(cursor);
    }),
  );
});

test("a cursor of a list with another sort is refused", () => {
  const cursor = writeCursor({ sort: "price-asc", key: 100, id: "oak-mug" });
  expect(() => readCursor(cursor, "price-desc", "integer")).toThrow(Problem);
});

test("anything else is refused as the caller's mistake", () => {
  const forged = fc
    .tuple(fc.constant("newest"), fc.anything(), fc.anything())
    .filter(([, key, id]) => !Number.isSafeInteger(key) || typeof id !== "string")
    .map((value) => Buffer.from(fc.stringify(value)).toString("base64url"));
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: "binary" }), forged), (text) => {
      expect(() => readCursor(text, "newest", "integer")).toThrow(Problem);
    }),
  );
});
