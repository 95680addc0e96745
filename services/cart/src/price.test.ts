import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { PricedVariant } from "../../contracts/catalog-api.ts";
import { priceCart } from "./price.ts";

const variant = (sku: string, change: Partial<PricedVariant> = {}): PricedVariant => ({
  sku,
  productId: "mug",
  name: `Mug ${sku}`,
  unitPrice: 1250,
  currency: "EUR",
  available: 10,
  ...change,
});
const sold = (...variants: readonly PricedVariant[]) => new Map(variants.map((item) => [item.sku, item]));

describe("a cart", () => {
  test("has what the catalog says of its lines, and their sum", () => {
    const variants = sold(variant("A"), variant("B", { unitPrice: 300, image: "/pictures/b.svg" }));
    const cart = priceCart(
      [
        { sku: "A", quantity: 2 },
        { sku: "B", quantity: 10 },
      ],
      variants,
    );
    expect(cart).toMatchObject({ currency: "EUR", goods: 5500, orderable: true });
    expect(cart.lines[1]).toEqual({ ...variants.get("B"), quantity: 10 });
  });

  test("without lines cannot be ordered", () => {
    expect(priceCart([], sold())).toEqual({ lines: [], orderable: false });
  });

  test.each([
    ["is no longer sold", sold(variant("A")), "unknown-sku"],
    ["has less left than asked for", sold(variant("A"), variant("B", { available: 1 })), "out-of-stock"],
    ["cannot be asked about", undefined, "price-unknown"],
  ])("with something that %s says so and cannot be ordered", (_what, variants, problem) => {
    const lines = [
      { sku: "A", quantity: 1 },
      { sku: "B", quantity: 2 },
    ];
    const cart = priceCart(lines, variants);
    expect(cart.lines[1]).toMatchObject({ sku: "B", quantity: 2, problem });
    expect(cart.orderable).toBe(false);
  });

  test("in two currencies has no sum and cannot be ordered", () => {
    const lines = ["A", "B"].map((sku) => ({ sku, quantity: 1 }));
    const cart = priceCart(lines, sold(variant("A"), variant("B", { currency: "USD" })));
    expect(cart).not.toHaveProperty("goods");
    expect(cart).not.toHaveProperty("currency");
    expect(cart.orderable).toBe(false);
  });
});

test("a cart costs the sum of its lines, exactly, or has no sum", () => {
  const line = fc.record({
    sku: fc.stringMatching(/^[A-Z]{1,3}$/),
    quantity: fc.integer({ min: 1, max: 1000 }),
    sold: fc.boolean(),
    unitPrice: fc.oneof(
      fc.integer({ min: 0, max: 100_000 }),
      fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }),
    ),
    available: fc.integer({ min: 0, max: 2000 }),
  });
  fc.assert(
    fc.property(fc.uniqueArray(line, { selector: ({ sku }) => sku, maxLength: 50 }), (lines) => {
      const variants = lines.filter(({ sold }) => sold);
      const cart = priceCart(
        lines.map(({ sku, quantity }) => ({ sku, quantity })),
        sold(...variants.map(({ sku, unitPrice, available }) => variant(sku, { unitPrice, available }))),
      );
      const sum = variants.reduce(
        (sum, { unitPrice, quantity }) => sum + BigInt(unitPrice) * BigInt(quantity),
        0n,
      );
      const told = lines.length > 0 && variants.length === lines.length && sum <= Number.MAX_SAFE_INTEGER;
      expect(cart.goods).toBe(told ? Number(sum) : undefined);
      expect(cart.orderable).toBe(told && lines.every(({ quantity, available }) => quantity <= available));
      expect(cart.lines.map(({ sku, quantity }) => [sku, quantity])).toEqual(
        lines.map(({ sku, quantity }) => [sku, quantity]),
      );
    }),
  );
});
