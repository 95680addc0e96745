import { expect, test } from "vitest";
import { demoProducts } from "./demo-shop.ts";

test("the demo shop is the same every time, with plausible prices and enough stock", () => {
  const products = demoProducts();
  expect(products).toEqual(demoProducts());
  expect(new Set(products.map(({ sku }) => sku)).size).toBe(60);
  for (const { price, available } of products) {
    expect(price % 5).toBe(0);
    expect(price).toBeGreaterThanOrEqual(990);
    expect(available).toBeGreaterThanOrEqual(100);
  }
});
