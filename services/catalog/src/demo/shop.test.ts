import { Compile } from "typebox/compile";
import { expect, test } from "vitest";
import { checkProduct, ProductRequest } from "../product-request.ts";
import { demoCategories, demoProducts } from "./shop.ts";

const products = demoProducts();
const skus = products.flatMap(({ product }) => product.variants.map(({ sku }) => sku));

test("the demo shop is the same every time, and large enough to browse", () => {
  expect(products).toEqual(demoProducts());
  expect(products.length).toBeGreaterThanOrEqual(200);
  expect(demoCategories().length).toBeGreaterThanOrEqual(8);
  expect(new Set(products.map(({ id }) => id)).size).toBe(products.length);
  expect(new Set(skus).size).toBe(skus.length);
});

test("its products are such as a merchant could make", () => {
  const request = Compile(ProductRequest);
  const categories = new Set(demoCategories().map(([id]) => id));
  for (const { product } of products) {
    expect([...request.Errors(product)]).toEqual([]);
    expect(() => checkProduct(product)).not.toThrow();
    expect(categories).toContain(product.category);
  }
});

test("its prices are plausible and its stock lasts for a while", () => {
  for (const { product, stock } of products) {
    for (const { sku, price } of product.variants) {
      expect(price % 5).toBe(0);
      expect(price).toBeGreaterThanOrEqual(750);
      expect(price).toBeLessThan(50_000);
      expect(stock[sku]).toBeGreaterThanOrEqual(100);
    }
  }
});

test("the plainest variant of each goods has its plain SKU", () => {
  expect(skus).toContain("BOOKEND-ASH");
  for (const goods of ["TEAPOT", "MUG", "BOWL", "LAMP", "CLOCK", "STOOL", "TRAY", "VASE", "FRAME", "BOX"]) {
    for (const make of ["ASH", "OAK", "STONE", "STEEL", "GLASS"]) expect(skus).toContain(`${goods}-${make}`);
  }
});
