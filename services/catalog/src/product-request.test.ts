import fc from "fast-check";
import { expect, test } from "vitest";
import { Problem } from "../../chassis/index.ts";
import { checkProduct, optionsOf, titleOf } from "./product-request.ts";

const values = fc.uniqueArray(fc.stringMatching(/^[A-Z][a-z]{1,6}$/), { minLength: 1, maxLength: 4 });

/** Variants of every combination of some options. */
const product = fc
  .uniqueArray(fc.tuple(fc.stringMatching(/^[A-Z][a-z]{1,6}$/), values), {
    minLength: 1,
    maxLength: 3,
    selector: ([name]) => name,
  })
  .map((options) => {
    const combinations = options.reduce<Record<string, string>[]>(
      (all, [name, own]) => all.flatMap((some) => own.map((value) => ({ ...some, [name]: value }))),
      [{}],
    );
    const variants = combinations.map((options, index) => ({ sku: `S${index}`, options, price: 100 }));
    return { options, product: { images: [], variants } };
  });

test("the options of a product are told in the order in which its variants name them", () => {
  fc.assert(
    fc.property(product, ({ options, product }) => {
      expect(() => checkProduct(product)).not.toThrow();
      expect(optionsOf(product)).toEqual(options.map(([name, values]) => ({ name, values })));
    }),
  );
});

test("variants that cannot be told apart are refused, whichever they are", () => {
  fc.assert(
    fc.property(product, fc.nat(), ({ product: { images, variants } }, at) => {
      const twin = variants[at % variants.length] ?? { sku: "", options: {}, price: 0 };
      const sameOptions = [...variants, { ...twin, sku: "OTHER" }];
      const sameSku = [...variants, { ...twin, options: { ...twin.options, More: "x" } }];
      const lessOptions = [...variants, { sku: "OTHER", options: {}, price: 100 }];
      for (const wrong of [sameOptions, sameSku, lessOptions]) {
        expect(() => checkProduct({ images, variants: wrong })).toThrow(Problem);
      }
    }),
  );
});

test("a variant is called by its product and its options", () => {
  expect(titleOf("Linen cushion", { Colour: "Sage", Size: "Large" })).toBe("Linen cushion, Sage, Large");
  expect(titleOf("Oak mug", {})).toBe("Oak mug");
});
