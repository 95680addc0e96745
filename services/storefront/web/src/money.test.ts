import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { editableMoney, exponentOf, formatMoney, parseMoney } from "./money.ts";

const currency = fc.constantFrom("EUR", "USD", "JPY", "KWD", "CHF");
const amount = fc.oneof(fc.nat(1_000_000), fc.maxSafeNat());

describe("an amount", () => {
  test.each([
    [1990, "EUR", "€19.90"],
    [5, "EUR", "€0.05"],
    [0, "EUR", "€0.00"],
    [1990, "JPY", "JP¥1,990"],
    [1990, "KWD", "KWD\u00a01.990"],
    [-250, "EUR", "-€2.50"],
  ])("of %i in %s is shown as %s", (minor, code, text) => {
    expect(formatMoney(minor, code, "en-IE")).toBe(text);
  });

  test("is shown to the last cent, however large", () => {
    fc.assert(
      fc.property(amount, currency, (minor, code) => {
        const digits = formatMoney(minor, code, "en-IE").replaceAll(/\D/g, "");
        expect(BigInt(digits)).toBe(BigInt(minor));
      }),
    );
  });

  test("that is edited is the same amount again", () => {
    fc.assert(
      fc.property(fc.nat(10 ** 12), currency, (minor, code) => {
        expect(parseMoney(editableMoney(minor, code), code)).toBe(minor);
      }),
      { examples: [[10 ** 12, "JPY"]] },
    );
  });

  test.each([
    ["19,90", 1990],
    ["19.9", 1990],
    [" 7 ", 700],
    ["7.", 700],
    ["19.905", undefined],
    ["-1", undefined],
    ["1e3", undefined],
    ["", undefined],
    ["abc", undefined],
  ])("typed as %j is %j", (text, minor) => {
    expect(parseMoney(text, "EUR")).toBe(minor);
  });

  test("has as many decimals as its currency", () => {
    expect(["EUR", "JPY", "KWD"].map(exponentOf)).toEqual([2, 0, 3]);
    expect(parseMoney("5.5", "JPY")).toBeUndefined();
  });
});
