import fc from "fast-check";
import { expect, test } from "vitest";
import { SecretBox, UnsealError } from "./secret-box.ts";

const box = new SecretBox("a".repeat(43));

test("what is sealed can be opened, and looks different each time", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), fc.string(), (plain, owner) => {
      const sealed = box.seal("mail", owner, plain);
      expect(box.open("mail", owner, sealed)).toBe(plain.toWellFormed());
      expect(box.seal("mail", owner, plain).equals(sealed)).toBe(false);
    }),
  );
});

test("it cannot be opened with another key, for another purpose or owner, or once it was changed", () => {
  const sealed = box.seal("mail", "1", "secret");
  expect(() => new SecretBox("b".repeat(43)).open("mail", "1", sealed)).toThrow(UnsealError);
  expect(() => box.open("signing-key", "1", sealed)).toThrow(UnsealError);
  expect(() => box.open("mail", "2", sealed)).toThrow(UnsealError);
  fc.assert(
    fc.property(fc.nat(sealed.length - 1), fc.integer({ min: 1, max: 255 }), (index, change) => {
      const changed = Buffer.from(sealed);
      changed[index] = (changed[index] ?? 0) ^ change;
      expect(() => box.open("mail", "1", changed)).toThrow(UnsealError);
    }),
  );
  for (let length = 0; length < sealed.length; length++) {
    expect(() => box.open("mail", "1", sealed.subarray(0, length))).toThrow(UnsealError);
  }
});

test("signatures are of one purpose", () => {
  expect(box.mac("device", "x")).toEqual(box.mac("device", "x"));
  expect(box.mac("device", "x")).not.toEqual(box.mac("refresh-token", "x"));
});
