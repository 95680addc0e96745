import fc from "fast-check";
import { expect, test } from "vitest";
import { initialVariant, isAvailable, variantWith } from "./variants.ts";

const OPTIONS = [
  { name: "Size", values: ["S", "M", "L"] },
  { name: "Colour", values: ["red", "blue"] },
];
const variantOf = (Size: string, Colour: string, available = 1) => ({
  sku: `${Size}-${Colour}`,
  options: { Size, Colour },
  price: 100,
  available,
});
const chair = {
  options: OPTIONS,
  variants: [variantOf("S", "red", 0), variantOf("S", "blue"), variantOf("M", "red")],
};

test("the variant of the address is shown, else the first that can be had", () => {
  expect(initialVariant(chair, "M-red")?.sku).toBe("M-red");
  expect(initialVariant(chair, "gone")?.sku).toBe("S-blue");
  expect(initialVariant({ options: [], variants: [variantOf("S", "red", 0)] }, undefined)?.sku).toBe("S-red");
});

test("a value that does not go with the others changes them, too", () => {
  expect(variantWith(chair, variantOf("S", "blue"), "Size", "M").sku).toBe("M-red");
  expect(variantWith(chair, variantOf("S", "blue"), "Colour", "red").sku).toBe("S-red");
  expect(isAvailable(chair, variantOf("S", "blue"), "Size", "M")).toBe(false);
  expect(isAvailable(chair, variantOf("M", "red"), "Size", "S")).toBe(false);
  expect(isAvailable(chair, variantOf("S", "red"), "Colour", "blue")).toBe(true);
});

test("every value of every option can be chosen where some variant has it", () => {
  const all =
    OPTIONS[0]?.values.flatMap((size) => ["red", "blue"].map((colour) => variantOf(size, colour))) ?? [];
  fc.assert(
    fc.property(fc.subarray(all, { minLength: 1 }), fc.nat(5), (variants, index) => {
      const product = { options: OPTIONS, variants };
      const chosen = variants[index % variants.length] ?? all[0];
      if (chosen === undefined) return;
      for (const { name, values } of OPTIONS) {
        for (const value of values.filter((wanted) =>
          variants.some(({ options }) => options[name as "Size"] === wanted),
        )) {
          expect(variantWith(product, chosen, name, value).options[name]).toBe(value);
        }
      }
    }),
  );
});
