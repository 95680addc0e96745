import { expect, test } from "vitest";
import type { Product } from "../../../contracts/catalog-api.ts";
import { countedStock, editedProduct, variantName } from "./merchandise.ts";

const product: Product = {
  id: "cap",
  name: "Cap",
  description: "Warm",
  category: { id: "hats", name: "Hats" },
  images: [
    { url: "/a", alt: "A" },
    { url: "/b", alt: "B" },
  ],
  options: [
    { name: "Size", values: ["S"] },
    { name: "Colour", values: ["Red", "Blue"] },
  ],
  variants: [
    { sku: "CAP", options: { Colour: "Red", Size: "S" }, price: 900, available: 3, image: "/b" },
    { sku: "CAP-BLUE", options: { Colour: "Blue", Size: "S" }, price: 950, available: 0, image: "/a" },
  ],
  currency: "EUR",
  rating: null,
};
const asItIs = {
  name: "Cap",
  description: "Warm",
  category: "hats",
  prices: {},
  images: product.images,
};

test("a product without edits is stored as it was read, its options in their order", () => {
  const request = editedProduct(product, asItIs);
  expect(request).toEqual({
    ...asItIs,
    prices: undefined,
    currency: "EUR",
    variants: [
      { sku: "CAP", options: { Size: "S", Colour: "Red" }, price: 900, image: 2 },
      { sku: "CAP-BLUE", options: { Size: "S", Colour: "Blue" }, price: 950, image: 1 },
    ],
  });
  expect(Object.keys(request.variants[0]?.options ?? {})).toEqual(["Size", "Colour"]);
});

test("edited prices and pictures are in the request, and a variant loses a picture that is gone", () => {
  const request = editedProduct(product, {
    ...asItIs,
    prices: { CAP: 1000 },
    images: [{ url: "/a", alt: "Anew" }],
  });
  expect(request.images).toEqual([{ url: "/a", alt: "Anew" }]);
  expect(request.variants).toMatchObject([{ price: 1000 }, { price: 950, image: 1 }]);
  expect(request.variants[0]).not.toHaveProperty("image");
});

test("a variant is called by its options, or by its product", () => {
  const [first] = product.variants;
  if (first === undefined) throw new Error("there is one");
  expect(variantName(product, first)).toBe("S, Red");
  expect(variantName({ name: "Cap", options: [] }, first)).toBe("Cap");
});

test.each([
  ["another number", { CAP: "4" }, [{ sku: "CAP", available: 4 }]],
  ["none", { "CAP-BLUE": "0", CAP: "0" }, [{ sku: "CAP", available: 0 }]],
  ["the same", { CAP: "3" }, []],
  ["nothing", { CAP: "" }, []],
  ["what is no number", { CAP: "-1", "CAP-BLUE": "1e3" }, []],
])("who counts %s changes only what differs", (_name, counts, expected) => {
  expect(countedStock(product.variants, counts)).toEqual(expected);
});
