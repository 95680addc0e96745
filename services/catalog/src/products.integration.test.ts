import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Interruptible, interruptible } from "../../chassis/test/interruptible.ts";
import { emptyTestRedis } from "../../chassis/test/running.ts";
import { TestCatalog } from "../test/shop.ts";
import { demoProducts } from "./demo-shop.ts";
import type { ProductPage } from "./product.ts";

let redis: Interruptible;
let catalog: TestCatalog;

beforeAll(async () => {
  redis = await interruptible(await emptyTestRedis());
  catalog = await TestCatalog.start(2, redis.url);
});
afterAll(async () => {
  await catalog.stop();
  await redis.cut();
});

/** All pages of a list, one after the other. */
async function allPages(query: string): Promise<ProductPage["items"][]> {
  const pages: ProductPage["items"][] = [];
  let after: string | null = "";
  while (after !== null) {
    const answer = await catalog.send("GET", `/products?${query}${after && `&after=${after}`}`);
    expect(answer.status).toBe(200);
    const page = answer.body as ProductPage;
    pages.push(page.items);
    after = page.next;
  }
  return pages;
}

describe("the list of products", () => {
  test.each([1, 7, 60, 100])("in pages of %i has every product once, by SKU", async (limit) => {
    const pages = await allPages(`limit=${limit}`);
    const skus = pages.flat().map(({ sku }) => sku);
    const wanted = demoProducts().map(({ sku }) => sku);
    expect(new Set(skus)).toEqual(new Set(wanted));
    expect(skus).toHaveLength(wanted.length);
    for (const page of pages.slice(0, -1)) expect(page).toHaveLength(limit);
  });

  test("searched for words has what fits, the best first, also over pages", async () => {
    const [whole = []] = await allPages("q=oak%20lamp&limit=100");
    expect(whole.map(({ sku }) => sku)).toEqual(["LAMP-OAK"]);
    const glass = (await allPages("q=glass&limit=100")).flat().map(({ sku }) => sku);
    expect(glass.slice(0, 12).every((sku) => sku.endsWith("-GLASS"))).toBe(true);
    expect(glass.length).toBeGreaterThan(12);
    expect((await allPages("q=glass&limit=5")).flat().map(({ sku }) => sku)).toEqual(glass);
  });

  test("finds other forms of a word, and nothing for nonsense", async () => {
    expect((await allPages("q=teapots")).flat()).toHaveLength(5);
    expect((await allPages("q=qwertz")).flat()).toEqual([]);
  });

  test.each(["limit=0", "limit=101", "limit=x", "q=", "q=a%00b", "after=x", "after=WzEsMV0", "unknown=1"])(
    "asked for %s answers 400",
    async (query) => {
      expect(await catalog.send("GET", `/products?${query}`)).toMatchObject({ status: 400 });
    },
  );
});

test("a product shows its stock at once after every change", async () => {
  for (const available of [5, 4, 3]) {
    expect((await catalog.setStock("VASE-OAK", available)).status).toBe(200);
    expect(await catalog.available("VASE-OAK")).toBe(available);
    expect(await catalog.available("VASE-OAK")).toBe(available);
  }
});

test("a product is answered from the cache until it changes", async () => {
  // Changes behind the service's back, of which the cache is not told.
  const change = (name: string) =>
    catalog.database.database.script(`UPDATE product SET name = '${name}' WHERE sku = 'FRAME-OAK'`);
  const shown = async () =>
    ((await catalog.send("GET", "/products/FRAME-OAK")).body as { name: string }).name;
  let turn = 0;
  await expect
    .poll(async () => {
      const before = await shown();
      await change(`Frame ${++turn}`);
      return (await shown()) === before;
    })
    .toBe(true);
  await catalog.setStock("FRAME-OAK", 9);
  expect(await shown()).toBe(`Frame ${turn}`);
});

test("an unknown product is 404, and a SKU that cannot be one 400", async () => {
  expect(await catalog.send("GET", "/products/NOTHING")).toMatchObject({
    status: 404,
    body: { sku: "NOTHING" },
  });
  expect(await catalog.send("GET", "/products/a%2Fb")).toMatchObject({ status: 400 });
});

test.each([
  ["negative", -1],
  ["fractional", 1.5],
  ["enormous", 1e10],
  ["no number", "many"],
])("stock that is %s is refused", async (_name, available) => {
  const before = await catalog.available("VASE-ASH");
  expect(await catalog.send("PUT", "/stock/VASE-ASH", { available })).toMatchObject({
    status: 400,
    body: { errors: [{ pointer: "#/available" }] },
  });
  expect(await catalog.available("VASE-ASH")).toBe(before);
});

describe("while Redis", () => {
  test.each([
    ["was killed", () => redis.cut()],
    ["hangs", () => redis.freeze()],
  ])("%s, products are shown and reserved, and soon", async (_name, interrupt) => {
    await catalog.available("MUG-ASH");
    await interrupt();
    try {
      const start = performance.now();
      for (let i = 0; i < 20; i++) {
        expect((await catalog.send("GET", "/products/MUG-ASH")).status).toBe(200);
        expect((await catalog.send("GET", "/products?limit=3")).status).toBe(200);
      }
      expect(performance.now() - start).toBeLessThan(5000);
      const before = await catalog.available("MUG-STEEL");
      expect((await catalog.reserve([{ sku: "MUG-STEEL", quantity: 1 }])).status).toBe(200);
      expect(await catalog.available("MUG-STEEL")).toBe(before - 1);
    } finally {
      await redis.restore();
    }
  });
});
