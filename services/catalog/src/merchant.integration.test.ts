import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { outboxRow, statement, storeEvent } from "../../chassis/index.ts";
import { startTestService, testServer } from "../../chassis/test/running.ts";
import type { Product, ProductPage, Reservation } from "../../contracts/catalog-api.ts";
import { productRated } from "../../contracts/review-api.ts";
import { review } from "../../review/service.ts";
import { caller, TestCatalog } from "../test/shop.ts";
import type { ProductRequest } from "./product-request.ts";

let catalog: TestCatalog;

beforeAll(async () => {
  catalog = await TestCatalog.start();
});
afterAll(() => catalog.stop());

const merchant = caller("merchant");
const hat = (changes: Partial<ProductRequest> = {}): ProductRequest => ({
  name: "Straw hat",
  description: "Shade wherever you go.",
  category: "bags",
  currency: "EUR",
  images: [{ alt: "A straw hat", url: "https://pictures.example/hat.jpg" }],
  variants: [
    { sku: "HAT-S", options: { Size: "Small" }, price: 2500 },
    { sku: "HAT-L", options: { Size: "Large" }, price: 2900, image: 1 },
  ],
  ...changes,
});
const put = (id: string, request: unknown, headers = merchant) =>
  catalog.send("PUT", `/products/${id}`, request, headers);
const get = async (id: string) => (await catalog.send("GET", `/products/${id}`)).body as Product;
const found = async (words: string) => {
  const { body } = await catalog.send("GET", `/products?q=${words}`);
  return (body as ProductPage).items.map(({ id }) => id);
};

describe("a product", () => {
  test("is made, found, stocked, sold and changed, and every reader sees it at once", async () => {
    // Both replicas have the answers of before in their cache.
    expect([...(await found("straw")), ...(await found("straw"))]).toEqual([]);
    expect(await put("straw-hat", hat())).toMatchObject({
      status: 201,
      body: {
        id: "straw-hat",
        options: [{ name: "Size", values: ["Small", "Large"] }],
        variants: [
          { sku: "HAT-S", options: { Size: "Small" }, price: 2500, available: 0 },
          { sku: "HAT-L", available: 0, image: "https://pictures.example/hat.jpg" },
        ],
      },
    });
    expect([await found("straw"), await found("straw")]).toEqual([["straw-hat"], ["straw-hat"]]);
    await catalog.setStock("HAT-S", 3);
    expect((await catalog.reserve([{ sku: "HAT-S", quantity: 2 }])).body).toMatchObject({
      lines: [{ productId: "straw-hat", name: "Straw hat, Small", unitPrice: 2500 }],
    });
    const swapped = [
      { sku: "HAT-S", options: { Size: "Large" }, price: 2600 },
      { sku: "HAT-L", options: { Size: "Small" }, price: 2900 },
    ];
    expect(await put("straw-hat", hat({ currency: "USD", variants: swapped }))).toMatchObject({
      status: 200,
    });
    expect(await get("straw-hat")).toMatchObject({
      currency: "USD",
      variants: [{ sku: "HAT-S", options: { Size: "Large" }, price: 2600, available: 1 }, { sku: "HAT-L" }],
    });
  });

  test("that loses a variant no longer sells it; what is reserved stays so", async () => {
    await put("cap", hat({ variants: [{ sku: "CAP-1", options: {}, price: 900 }] }));
    await catalog.setStock("CAP-1", 5);
    const orderId = randomUUID();
    await catalog.reserve([{ sku: "CAP-1", quantity: 1 }], orderId);
    await put("cap", hat({ variants: [{ sku: "CAP-2", options: {}, price: 950 }] }));
    expect((await get("cap")).variants.map(({ sku }) => sku)).toEqual(["CAP-2"]);
    expect(await catalog.reserve([{ sku: "CAP-1", quantity: 1 }])).toMatchObject({
      status: 404,
      body: { sku: "CAP-1" },
    });
    expect(await catalog.confirm(orderId)).toMatchObject({ status: 204 });
    expect(await catalog.takeBack(orderId)).toMatchObject({ status: 200 });
  });

  test("that is archived is gone for shoppers, and comes back with its next change", async () => {
    await put("beret", hat({ name: "Beret", variants: [{ sku: "BERET", options: {}, price: 900 }] }));
    await catalog.setStock("BERET", 5);
    const orderId = randomUUID();
    await catalog.reserve([{ sku: "BERET", quantity: 1 }], orderId);
    expect(await found("beret")).toEqual(["beret"]);
    for (let i = 0; i < 2; i++) {
      expect(await catalog.send("DELETE", "/products/beret", undefined, merchant)).toMatchObject({
        status: 204,
      });
      expect(await catalog.send("GET", "/products/beret")).toMatchObject({ status: 404 });
      expect(await found("beret")).toEqual([]);
      expect((await catalog.send("GET", "/variants?sku=BERET")).body).toEqual({ items: [] });
    }
    expect(await catalog.reserve([{ sku: "BERET", quantity: 1 }])).toMatchObject({ status: 404 });
    expect(await catalog.confirm(orderId)).toMatchObject({ status: 204 });
    await put("beret", hat({ name: "Beret", variants: [{ sku: "BERET", options: {}, price: 900 }] }));
    expect(await catalog.reserve([{ sku: "BERET", quantity: 1 }])).toMatchObject({ status: 200 });
    expect(await catalog.send("DELETE", "/products/nothing", undefined, merchant)).toMatchObject({
      status: 404,
    });
  });

  test("that was read can be put back, its drawings and all", async () => {
    const before = await get("linen-cushion");
    const numberOf = new Map(before.images.map(({ url }, index) => [url, index + 1]));
    const { name, description, currency } = before;
    const request = {
      name,
      description,
      currency,
      category: before.category.id,
      images: before.images,
      variants: before.variants.map(({ sku, options, price, image = "" }) => ({
        sku,
        // In their order, which the database does not keep in a variant.
        options: Object.fromEntries(before.options.map(({ name }) => [name, options[name]])),
        price,
        image: numberOf.get(image),
      })),
    };
    expect(await put("linen-cushion", request)).toMatchObject({ status: 200, body: before });
    expect(await get("linen-cushion")).toEqual(before);

    // A picture that is taken out takes its number along.
    const second = before.images.slice(1);
    await put("linen-cushion", {
      ...request,
      images: second,
      variants: request.variants.slice(0, 1).map(({ image: _, ...rest }) => rest),
    });
    const [shown] = (await get("linen-cushion")).images;
    expect(shown?.url.replace(/^.*v=/, "")).toBe(second[0]?.url.replace(/^.*v=/, ""));
  });

  test.each([
    ["of another product", "/api/pictures/oak-mug/1.svg?v=1"],
    ["that it does not have", "/api/pictures/straw-hat/9.svg"],
  ])("shows no drawing %s", async (_name, url) => {
    const answer = await put("straw-hat", hat({ images: [{ alt: "A hat", url }] }));
    expect(answer).toMatchObject({ status: 400, body: { errors: [{ pointer: "#/images/0/url" }] } });
  });

  test("cannot take another one's SKU, also when both are made at once", async () => {
    expect(await put("thief", hat({ variants: [{ sku: "MUG-OAK", options: {}, price: 1 }] }))).toMatchObject({
      status: 409,
      body: { type: "urn:tradestack:problem:sku-taken", sku: "MUG-OAK", productId: "oak-mug" },
    });
    expect(await catalog.send("GET", "/products/thief")).toMatchObject({ status: 404 });
    const twins = hat({ variants: [{ sku: "TWIN", options: {}, price: 1 }] });
    const answers = await Promise.all(Array.from({ length: 8 }, (_, index) => put(`twin-${index}`, twins)));
    expect(answers.map(({ status }) => status).sort()).toEqual([
      201,
      ...Array.from({ length: 7 }, () => 409),
    ]);
  });

  test("that changes while it is sold is reserved at the prices of one moment", async () => {
    const at = (price: number) =>
      hat({
        name: "Flat cap",
        variants: [
          { sku: "FLAT-S", options: { Size: "Small" }, price },
          { sku: "FLAT-L", options: { Size: "Large" }, price },
        ],
      });
    await put("flat-cap", at(1000));
    for (const sku of ["FLAT-S", "FLAT-L"]) await catalog.setStock(sku, 1000);
    const lines = ["FLAT-L", "FLAT-S"].map((sku) => ({ sku, quantity: 1 }));
    const [changed, reserved] = await Promise.all([
      Promise.all(Array.from({ length: 30 }, (_, index) => put("flat-cap", at(1001 + index)))),
      Promise.all(Array.from({ length: 100 }, () => catalog.reserve(lines))),
    ]);
    expect(new Set(changed.map(({ status }) => status))).toEqual(new Set([200]));
    for (const { status, body } of reserved) {
      expect(status).toBe(200);
      const prices = (body as Reservation).lines.map(({ unitPrice }) => unitPrice);
      expect(new Set(prices).size).toBe(1);
    }
  });

  const small = { sku: "X-1", options: { Size: "Small" }, price: 1 };
  test.each<[string, string, unknown]>([
    ["without variants", "#/variants", hat({ variants: [] })],
    [
      "with a SKU twice",
      "#/variants/1/sku",
      hat({ variants: [small, { ...small, options: { Size: "L" } }] }),
    ],
    ["with options twice", "#/variants/1/options", hat({ variants: [small, { ...small, sku: "X-2" }] })],
    [
      "with other options in one variant",
      "#/variants/1/options",
      hat({ variants: [small, { sku: "X-2", options: { Colour: "Red" }, price: 1 }] }),
    ],
    ["with a picture that is not there", "#/variants/0/image", hat({ variants: [{ ...small, image: 2 }] })],
    ["of no category", "#/category", hat({ category: "nothing" })],
    ["with a fraction as price", "#/variants/0/price", hat({ variants: [{ ...small, price: 1.5 }] })],
    [
      "with an address of no picture",
      "#/images/0",
      hat({ images: [{ alt: "x", url: "javascript:alert(1)" }] }),
    ],
  ])("%s is refused", async (_name, pointer, request) => {
    const answer = await put("refused", request);
    expect(answer.status).toBe(400);
    const { errors } = answer.body as { errors: { pointer: string }[] };
    expect(errors.map((error) => error.pointer).join()).toContain(pointer);
    expect(await catalog.send("GET", "/products/refused")).toMatchObject({ status: 404 });
  });
});

test("a category is made and renamed, and its products show it at once", async () => {
  const category = (name: string) =>
    catalog.send("PUT", "/categories/hats", { name, position: 99 }, merchant);
  expect(await category("Hats")).toMatchObject({ status: 204 });
  await put("top-hat", hat({ category: "hats", variants: [{ sku: "TOP", options: {}, price: 1 }] }));
  expect((await get("top-hat")).category).toEqual({ id: "hats", name: "Hats" });
  await category("Hats and caps");
  expect((await get("top-hat")).category.name).toBe("Hats and caps");
  expect((await catalog.send("GET", "/categories")).body).toMatchObject({
    items: expect.arrayContaining([{ id: "hats", name: "Hats and caps", products: 1 }]),
  });
});

describe("only who may", () => {
  const requests = [
    ["PUT", "/products/forbidden", hat()],
    ["DELETE", "/products/oak-mug", undefined],
    ["PUT", "/categories/forbidden", { name: "x", position: 0 }],
    ["PUT", "/stock/MUG-OAK", { available: 0 }],
  ] as const;
  const others: [string, Record<string, string>, number][] = [
    ["nobody", {}, 401],
    ["a customer", caller("customer"), 403],
    ["support", caller("support"), 403],
    ["an unknown role", { ...caller("customer"), "x-caller-roles": "root" }, 403],
  ];
  test.each(requests.flatMap((request) => others.map((other) => [...request, ...other] as const)))(
    "%s %s %o is refused to %s",
    async (method, path, body, _name, headers, status) => {
      const before = await catalog.books();
      expect(await catalog.send(method, path, body, headers)).toMatchObject({ status });
      expect(await catalog.books()).toEqual(before);
      expect(await catalog.send("GET", "/products/oak-mug")).toMatchObject({ status: 200 });
      expect(await catalog.send("GET", "/products/forbidden")).toMatchObject({ status: 404 });
    },
  );

  test("may: merchants and admins; and what they count is recorded", async () => {
    const admin = caller("customer", "admin");
    expect(await catalog.send("PUT", "/stock/MUG-STONE", { available: 7 }, admin)).toMatchObject({
      status: 200,
      body: { sku: "MUG-STONE", available: 7 },
    });
    const movements = statement<{ counted_by: string; available: number }>(
      "test-counted",
      "SELECT counted_by, available FROM stock_movement WHERE sku = $1",
    );
    expect(await catalog.database.database.query(movements, ["MUG-STONE"])).toEqual([
      { counted_by: admin["x-caller-id"], available: 7 },
    ]);
  });
});

test.each([
  ["negative", -1],
  ["fractional", 1.5],
  ["enormous", 1e10],
  ["no number", "many"],
])("stock that is %s is refused", async (_name, available) => {
  const before = await catalog.available("VASE-ASH");
  expect(await catalog.send("PUT", "/stock/VASE-ASH", { available }, merchant)).toMatchObject({
    status: 400,
    body: { errors: [{ pointer: "#/available" }] },
  });
  expect(await catalog.available("VASE-ASH")).toBe(before);
});

test("a picture is drawn, kept for ever under its version, and not without it", async () => {
  const [image] = (await get("oak-desk-lamp")).images;
  const path = (image?.url ?? "").replace(/^\/api/, "");
  const picture = await catalog.send("GET", path);
  expect(picture).toMatchObject({
    status: 200,
    headers: { "content-type": "image/svg+xml", "cache-control": "public, max-age=31536000, immutable" },
  });
  expect(picture.body).toMatch(/^<svg /);
  const [bare = ""] = path.split("?");
  for (const other of [bare, `${bare}?v=old`]) {
    const { status, headers, body } = await catalog.send("GET", other);
    expect({ status, body }).toEqual({ status: 200, body: picture.body });
    expect(headers["cache-control"]).toBe("no-cache");
  }
  await put("straw-boater", hat({ variants: [{ sku: "BOATER", options: {}, price: 1 }] }));
  for (const none of [
    "/pictures/oak-desk-lamp/9.svg",
    "/pictures/nothing/1.svg",
    "/pictures/straw-boater/1.svg",
  ]) {
    expect(await catalog.send("GET", none)).toMatchObject({
      status: 404,
      body: { type: "urn:tradestack:problem:unknown-image" },
    });
  }
});

test("ratings are heard of, and an older one that comes late changes nothing", async () => {
  // What the review service is to the catalog: somebody who publishes through an outbox.
  const description = { ...review, name: `review-${randomUUID().slice(0, 8)}`, consumes: [] };
  const reviews = await startTestService(
    { description, settings: {}, migrations: undefined, setup() {} },
    { DATABASE_URL: catalog.database.url, BROKER_URL: testServer("TEST_BROKER_URL") },
  );
  // Above all that other tests tell on the same broker.
  const base = 1_000_000_000;
  const tell = (version: number, rating: { average: number; count: number } | null) => {
    const event = { productId: "oak-bookend", rating, version: base + version };
    return storeEvent(catalog.database.database, outboxRow(productRated, "oak-bookend", event));
  };
  const rating = async () => (await get("oak-bookend")).rating;
  try {
    await tell(3, { average: 4.67, count: 300 });
    await expect.poll(rating, { timeout: 60_000 }).toEqual({ average: 4.67, count: 300 });
    await tell(2, { average: 1, count: 1 });
    await tell(4, { average: 4.66, count: 301 });
    await expect.poll(rating, { timeout: 60_000 }).toEqual({ average: 4.66, count: 301 });
    await tell(1, { average: 1, count: 1 });
    const best = (await catalog.send("GET", "/products?sort=rating")).body as ProductPage;
    expect(best.items[0]).toMatchObject({ id: "oak-bookend", rating: { average: 4.66, count: 301 } });
    await tell(5, null);
    await expect.poll(rating, { timeout: 60_000 }).toBeNull();
  } finally {
    await reviews.stop();
  }
});
