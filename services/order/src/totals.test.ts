import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { SHIPPING_METHODS } from "../../contracts/address.ts";
import { MAX_LINES } from "../../contracts/catalog-api.ts";
import { COUNTRIES } from "./rates.ts";
import { includedTax, orderTotals, rateOf } from "./totals.ts";

const home = { country: "DE", shipping: "standard" } as const;
const destination = fc.record({
  country: fc.constantFrom(...Object.keys(COUNTRIES)),
  shipping: fc.constantFrom(...SHIPPING_METHODS),
});
const line = fc.record({
  quantity: fc.integer({ min: 1, max: 1000 }),
  unitPrice: fc.oneof(fc.nat(100_000), fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER })),
});

describe("the total", () => {
  test("is goods and shipping, exact to the last cent, or refused", () => {
    fc.assert(
      fc.property(
        fc.array(line, { minLength: 1, maxLength: MAX_LINES }),
        destination,
        (lines, destination) => {
          const goods = lines.reduce(
            (sum, { quantity, unitPrice }) => sum + BigInt(quantity) * BigInt(unitPrice),
            0n,
          );
          if (goods > 0n && goods <= BigInt(Number.MAX_SAFE_INTEGER) - 5000n) {
            const totals = orderTotals(lines, "EUR", destination);
            expect(BigInt(totals.goods)).toBe(goods);
            expect(totals.total).toBe(totals.goods + totals.shipping);
            expect(totals.tax).toBe(includedTax(totals.total, rateOf(destination.country).taxRate));
          } else if (goods === 0n || goods > BigInt(Number.MAX_SAFE_INTEGER)) {
            expect(() => orderTotals(lines, "EUR", destination)).toThrow(
              expect.objectContaining({ status: 422 }),
            );
          }
        },
      ),
    );
  });

  test("of goods that cost nothing is refused", () => {
    expect(() => orderTotals([{ quantity: 3, unitPrice: 0 }], "EUR", home)).toThrow(/nothing to pay/);
  });

  test("in a currency that nothing is shipped for is refused", () => {
    for (const currency of ["XXX", "constructor"]) {
      expect(() => orderTotals([{ quantity: 1, unitPrice: 1 }], currency, home)).toThrow(
        expect.objectContaining({ status: 422 }),
      );
    }
  });

  test.each(["US", "AQ", "XX", "__proto__"])("for %s is refused by name", (country) => {
    expect(() => orderTotals([{ quantity: 1, unitPrice: 1 }], "EUR", { ...home, country })).toThrow(
      expect.objectContaining({ status: 422, slug: "country-not-shipped-to", extensions: { country } }),
    );
  });
});

describe("shipping", () => {
  test.each([
    ["DE", "standard", 4999, 490],
    ["DE", "standard", 5000, 0],
    ["DE", "express", 5000, 1290],
    ["FR", "standard", 9999, 990],
    ["FR", "standard", 10_000, 0],
    ["CH", "standard", 1_000_000, 1490],
    ["NO", "express", 100, 2990],
  ] as const)("to %s, %s, for goods of %i costs %i", (country, shipping, unitPrice, expected) => {
    expect(orderTotals([{ quantity: 1, unitPrice }], "EUR", { country, shipping }).shipping).toBe(expected);
  });
});

describe("the tax that is included", () => {
  test.each([
    [11_900, 1900, 1900],
    [10_000, 1900, 1597],
    [12_550, 2550, 2550],
    [1, 1900, 0],
    [3, 2000, 1],
    [0, 2700, 0],
    [100, 0, 0],
  ])("in %i at %i basis points is %i", (gross, rate, tax) => {
    expect(includedTax(gross, rate)).toBe(tax);
  });

  test("is the rate of the net amount, to half a cent", () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), fc.integer({ min: 0, max: 10_000 }), (gross, rate) => {
        const tax = BigInt(includedTax(gross, rate));
        // |tax - gross × rate ÷ (1 + rate)| <= ½, without fractions.
        const off = 2n * (tax * BigInt(10_000 + rate) - BigInt(gross) * BigInt(rate));
        const half = BigInt(10_000 + rate);
        expect(off > -half && off <= half).toBe(true);
      }),
    );
  });
});

test("every rate is a whole number of basis points that a country could have", () => {
  for (const [country, { taxRate }] of Object.entries(COUNTRIES)) {
    expect(country).toMatch(/^[A-Z]{2}$/);
    expect(Number.isInteger(taxRate) && taxRate >= 0 && taxRate <= 3000, country).toBe(true);
  }
  expect(Object.values(COUNTRIES).filter(({ zone }) => zone !== "europe")).toHaveLength(27);
});
