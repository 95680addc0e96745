import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Interruptible, interruptible } from "../../chassis/test/interruptible.ts";
import { emptyTestRedis } from "../../chassis/test/running.ts";
import {
  PRODUCT_SORTS,
  type PricedVariants,
  type Product,
  type ProductCard,
  type ProductPage,
} from "../../contracts/catalog-api.ts";
import { TestCatalog } from "../test/shop.ts";
import { demoProducts } from "./demo/shop.ts";

const demo = demoProducts();
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
async function allPages(query: string): Promise<ProductCard[][]> {
  const pages: ProductCard[][] = [];
  let after: string | null = "";
  while (after !== null) {
    const answer = await catalog.send("GET", `/products?${query}${after && `&after=${after}`}`);
    expect(answer).toMatchObject({ status: 200 });
    const page = answer.body as ProductPage;
    pages.push(page.items);
    after = page.next;
  }
  return pages;
}
const all = async (query: string) => (await allPages(`limit=100&${query}`)).flat();
const ids = (cards: readonly ProductCard[]) => cards.map(({ id }) => id);
const product = async (id: string) => (await catalog.send("GET", `/products/${id}`)).body as Product;

describe("the list of products", () => {
  test.each([7, 64, 100])("in pages of %i has every product once", async (limit) => {
    const pages = await allPages(`limit=${limit}`);
    expect(ids(pages.flat()).sort()).toEqual(demo.map(({ id }) => id).sort());
    for (const page of pages.slice(0, -1)) expect(page).toHaveLength(limit);
  });

  test.each(
    PRODUCT_SORTS.flatMap((sort) =>
      ["", "&q=oak%20OR%20glass", "&inStock=true"].map((words) => `sort=${sort}${words}`),
    ),
  )("for %s is the same in small pages and in large ones", async (query) => {
    const whole = await all(query);
    expect(whole.length).toBeGreaterThan(20);
    expect(new Set(ids(whole)).size).toBe(whole.length);
    expect(ids((await allPages(`limit=17&${query}`)).flat())).toEqual(ids(whole));
  });

  test("is sorted as it is asked for", async () => {
    const prices = (await all("sort=price-asc")).map(({ priceFrom }) => priceFrom);
    expect(prices).toEqual([...prices].sort((a, b) => a - b));
    expect((await all("sort=price-desc")).map(({ priceFrom }) => priceFrom)).toEqual(
      [...prices].sort((a, b) => b - a),
    );
    const names = (await all("sort=name")).map(({ name }) => name.toLowerCase());
    expect(names).toEqual([...names].sort());
    expect(ids(await all("sort=newest"))).toEqual(demo.map(({ id }) => id).reverse());
  });

  test("holds to a category, prices and stock", async () => {
    const lighting = demo.filter(({ product }) => product.category === "lighting").map(({ id }) => id);
    expect(ids(await all("category=lighting")).sort()).toEqual(lighting.sort());
    expect(await all("category=nothing")).toEqual([]);

    const cards = await all("minPrice=3000&maxPrice=4000");
    expect(cards.length).toBeGreaterThan(10);
    for (const { priceFrom, priceTo } of cards) {
      expect(priceTo).toBeGreaterThanOrEqual(3000);
      expect(priceFrom).toBeLessThanOrEqual(4000);
    }
    await catalog.setStock("MILL-ASH", 0);
    expect(ids(await all("q=ash%20pepper%20mill"))).toContain("ash-pepper-mill");
    expect(ids(await all("q=ash%20pepper%20mill&inStock=true"))).not.toContain("ash-pepper-mill");
  });

  test("shows the range of prices, and the SKU where there is only one", async () => {
    const [bowl] = await all("q=oak%20bowl");
    const [small, , large] = (await product("oak-bowl")).variants;
    expect(bowl).toMatchObject({ priceFrom: small?.price, priceTo: large?.price, available: true });
    expect(bowl).not.toHaveProperty("sku");
    expect((await all("q=oak%20mug"))[0]).toMatchObject({ id: "oak-mug", sku: "MUG-OAK", rating: null });
  });

  test.each([
    "limit=0",
    "limit=101",
    "limit=x",
    "q=",
    "q=a%00b",
    "sort=best",
    "minPrice=-1",
    "category=A",
    "after=x",
    `after=${Buffer.from('["name",1,"oak-mug"]').toString("base64url")}`,
    "unknown=1",
  ])("asked for %s answers 400", async (query) => {
    expect(await catalog.send("GET", `/products?${query}`)).toMatchObject({ status: 400 });
  });
});

describe("a search", () => {
  test("has what fits, the best first", async () => {
    expect(ids(await all("q=oak%20desk%20lamp"))[0]).toBe("oak-desk-lamp");
    const glass = ids(await all("q=glass"));
    expect(glass.slice(0, 12).every((id) => id.startsWith("glass-"))).toBe(true);
  });

  test("finds other forms of a word, categories and options, and nothing for nonsense", async () => {
    expect(await all("q=teapots")).toHaveLength(5);
    expect(ids(await all("q=tableware")).sort()).toEqual(ids(await all("category=tableware")).sort());
    expect(ids(await all("q=mustard%20cushion"))).toContain("linen-cushion");
    expect(await all("q=qwertz")).toEqual([]);
  });

  test("finds what is still being typed", async () => {
    for (const words of ["teap", "steel%20teap", "porcelai"]) {
      expect((await all(`q=${words}`)).length).toBeGreaterThan(0);
    }
    expect(ids(await all("q=steel%20teap"))).toEqual(["steel-teapot"]);
  });

  test("understands quotes, alternatives and exclusions", async () => {
    expect(ids(await all("q=%22desk%20lamp%22%20-oak"))).not.toContain("oak-desk-lamp");
    expect(ids(await all("q=%22lamp%20desk%22"))).toEqual([]);
    const either = ids(await all("q=teapot%20or%20birdhouse"));
    expect(either).toEqual(expect.arrayContaining(["oak-teapot", "oak-birdhouse"]));
  });

  test.each(["'", '"', ":*", "a:*b", "!", "(", "\\", "a & | b", "%", "the", "ß", "日本", "-", "or"])(
    "for %s fails nobody",
    async (words) => {
      const query = `q=${encodeURIComponent(words)}`;
      expect(await catalog.send("GET", `/products?${query}`)).toMatchObject({ status: 200 });
    },
  );
});

test("a product shows its variants, options and pictures", async () => {
  expect(await product("linen-cushion")).toMatchObject({
    name: "Linen cushion",
    category: { id: "textiles", name: "Textiles" },
    options: [
      { name: "Colour", values: ["Sage", "Rose", "Mustard"] },
      { name: "Size", values: ["Small", "Large"] },
    ],
    currency: "EUR",
    rating: null,
  });
  const { images, variants } = await product("linen-cushion");
  expect(variants.map(({ sku }) => sku)).toEqual(
    ["", "-L", "-ROSE", "-ROSE-L", "-MUSTARD", "-MUSTARD-L"].map((end) => `CUSHION-LINEN${end}`),
  );
  expect(variants[3]).toMatchObject({ options: { Colour: "Rose", Size: "Large" }, image: images[1]?.url });
  expect(images).toHaveLength(4);
});

test("variants are told by SKU, and those that nobody sells are left out", async () => {
  const { body } = await catalog.send("GET", "/variants?sku=CUSHION-LINEN-ROSE-L&sku=NOTHING&sku=MUG-OAK");
  expect((body as PricedVariants).items).toMatchObject([
    { sku: "CUSHION-LINEN-ROSE-L", productId: "linen-cushion", name: "Linen cushion, Rose, Large" },
    { sku: "MUG-OAK", productId: "oak-mug", name: "Oak mug", unitPrice: 1500, currency: "EUR" },
  ]);
  expect(await catalog.send("GET", "/variants")).toMatchObject({ status: 400 });
  const many = Array.from({ length: 51 }, (_, index) => `sku=A${index}`).join("&");
  expect(await catalog.send("GET", `/variants?${many}`)).toMatchObject({ status: 400 });
});

test("categories are told in their order with what is in them", async () => {
  const { body } = await catalog.send("GET", "/categories");
  const { items } = body as { items: { id: string; products: number }[] };
  expect(items[0]).toMatchObject({ id: "tableware", name: "Tableware" });
  expect(items.reduce((sum, { products }) => sum + products, 0)).toBe(demo.length);
});

test("a product shows its stock at once after every change", async () => {
  for (const available of [5, 4, 3]) {
    expect((await catalog.setStock("VASE-OAK", available)).status).toBe(200);
    for (let i = 0; i < 2; i++) {
      expect((await product("oak-vase")).variants[0]?.available).toBe(available);
      expect(await catalog.available("VASE-OAK")).toBe(available);
    }
  }
});

test("a product is answered from the cache until it changes", async () => {
  // Changes behind the service's back, of which the cache is not told.
  const change = (name: string) =>
    catalog.database.database.script(`UPDATE product SET name = '${name}' WHERE id = 'oak-picture-frame'`);
  const shown = async () => (await product("oak-picture-frame")).name;
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

test("an unknown product is 404, and an id that cannot be one 400", async () => {
  expect(await catalog.send("GET", "/products/nothing")).toMatchObject({
    status: 404,
    body: { type: "urn:tradestack:problem:unknown-product" },
  });
  expect(await catalog.send("GET", "/products/a%2Fb")).toMatchObject({ status: 400 });
});

describe("while Redis", () => {
  test.each([
    ["was killed", () => redis.cut()],
    ["hangs", () => redis.freeze()],
  ])("%s, products are shown and reserved, and soon", async (_name, interrupt) => {
    await product("ash-mug");
    await interrupt();
    try {
      const start = performance.now();
      for (let i = 0; i < 20; i++) {
        expect((await catalog.send("GET", "/products/ash-mug")).status).toBe(200);
        expect((await catalog.send("GET", "/products?limit=3")).status).toBe(200);
        expect((await catalog.send("GET", "/categories")).status).toBe(200);
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
