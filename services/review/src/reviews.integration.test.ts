import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { MyReviews, Review, ReviewPage } from "../../contracts/review-api.ts";
import { caller, reviewOf, TestReviews } from "../test/reviews.ts";

let reviews: TestReviews;
let count = 0;

beforeAll(async () => {
  reviews = await TestReviews.start();
});
afterAll(() => reviews?.stop());

/** A product that no other test has. */
const newProduct = () => `product-${++count}`;

async function page(product: string, query = ""): Promise<ReviewPage> {
  const answer = await reviews.get(`/reviews?product=${product}${query}`);
  expect(answer.status).toBe(200);
  return JSON.parse(answer.text);
}

async function mine(user: string, query = ""): Promise<MyReviews> {
  const answer = await reviews.get(`/reviews/mine${query}`, caller(user));
  expect(answer.status).toBe(200);
  return JSON.parse(answer.text);
}

describe("a review", () => {
  test("is shown with the product, without whose it is", async () => {
    const product = newProduct();
    const user = await reviews.buyer(product);
    const answer = await reviews.put(user, product, reviewOf(4));
    expect(answer.status).toBe(200);
    const stored: Review = JSON.parse(answer.text);
    expect(stored).toMatchObject({ productId: product, ...reviewOf(4) });
    const shown = await page(product);
    expect(shown).toEqual({
      items: [stored],
      rating: { average: 4, count: 1 },
      histogram: [0, 0, 0, 1, 0],
      next: null,
    });
    expect(JSON.stringify(shown)).not.toContain(user);
  });

  test("is replaced by the same person's next one", async () => {
    const product = newProduct();
    const user = await reviews.buyer(product);
    const first: Review = JSON.parse((await reviews.put(user, product, reviewOf(1))).text);
    const second: Review = JSON.parse(
      (await reviews.put(user, product, reviewOf(5, "On second thought"))).text,
    );
    expect(second).toMatchObject({ id: first.id, createdAt: first.createdAt, stars: 5 });
    expect(await page(product)).toMatchObject({ items: [second], histogram: [0, 0, 0, 0, 1] });
  });

  test("of something that was not bought is refused", async () => {
    const product = newProduct();
    const other = await reviews.buyer(newProduct());
    for (const user of [other, randomUUID()]) {
      const answer = await reviews.put(user, product, reviewOf(5));
      expect(answer.status).toBe(403);
      expect(JSON.parse(answer.text)).toMatchObject({ type: "urn:tradestack:problem:not-bought" });
    }
    expect(await page(product)).toMatchObject({ items: [], rating: null, histogram: [0, 0, 0, 0, 0] });
  });

  test("that its author takes back is gone, also from the rating, and may be written anew", async () => {
    const product = newProduct();
    const user = await reviews.buyer(product);
    await reviews.put(user, product, reviewOf(2));
    for (const _ of [1, 2]) expect((await reviews.withdraw(user, product)).status).toBe(204);
    expect(await page(product)).toMatchObject({ items: [], rating: null });
    expect((await reviews.put(user, product, reviewOf(3))).status).toBe(200);
    expect(await page(product)).toMatchObject({ rating: { average: 3, count: 1 } });
  });

  test.each([
    ["stars", 0],
    ["stars", 6],
    ["stars", 4.5],
    ["stars", "5"],
    ["title", ""],
    ["title", "x".repeat(121)],
    ["title", "a\u0000b"],
    ["text", "x".repeat(4001)],
    ["author", ""],
    ["author", "line\nbreak"],
    ["userId", randomUUID()],
  ])("whose %s is %j is refused", async (field, value) => {
    const product = newProduct();
    const user = await reviews.buyer(product);
    const answer = await reviews.put(user, product, { ...reviewOf(5), [field]: value });
    expect(answer.status).toBe(400);
    expect(JSON.parse(answer.text).errors[0].pointer).toBe(`#/${field}`);
  });

  test.each(["😀".repeat(120), "é".repeat(120), "\ud800", "ümläut <b>&amp;</b>"])(
    "whose title is %.8s… is kept as it is, but for what is no character",
    async (title) => {
      const product = newProduct();
      const user = await reviews.buyer(product);
      const answer = await reviews.put(user, product, reviewOf(5, title));
      expect(answer.status).toBe(200);
      expect((await page(product)).items[0]?.title).toBe(title.toWellFormed());
    },
  );
});

describe("the reviews of a product", () => {
  test.each([1, 3, 10])("come in pages of %i, each once, the newest first", async (limit) => {
    const product = newProduct();
    const written: string[] = [];
    for (let index = 0; index < 10; index++) {
      const user = await reviews.buyer(product);
      written.unshift(JSON.parse((await reviews.put(user, product, reviewOf((index % 5) + 1))).text).id);
    }
    const read: string[] = [];
    let after = "";
    do {
      const { items, next, rating } = await page(product, `&limit=${limit}${after && `&after=${after}`}`);
      expect(rating).toEqual({ average: 3, count: 10 });
      read.push(...items.map(({ id }) => id));
      after = next ?? "";
    } while (after !== "");
    expect(read).toEqual(written);
  });

  test.each([
    "",
    "product=A",
    "product=a&limit=0",
    "product=a&limit=101",
    "product=a&after=x",
    "product=a&x=1",
  ])("asked for by %j are refused", async (query) => {
    expect((await reviews.get(`/reviews?${query}`)).status).toBe(400);
  });
});

describe("my reviews", () => {
  test("are mine alone, with what I may review yet", async () => {
    const [bought, reviewed, others] = [newProduct(), newProduct(), newProduct()];
    const user = await reviews.buyer(bought, reviewed);
    const other = await reviews.buyer(reviewed, others);
    await reviews.put(user, reviewed, reviewOf(5));
    await reviews.put(other, others, reviewOf(1));
    expect(await mine(user)).toMatchObject({
      items: [{ productId: reviewed, stars: 5 }],
      reviewable: [bought],
    });
    expect(await mine(user, `?product=${bought}`)).toEqual({ items: [], reviewable: [bought] });
    expect(await mine(user, `?product=${reviewed}`)).toMatchObject({ items: [{ stars: 5 }], reviewable: [] });
    expect(await mine(user, `?product=${others}`)).toEqual({ items: [], reviewable: [] });
  });

  test("need a login", async () => {
    for (const [method, path] of [
      ["GET", "/reviews/mine"],
      ["PUT", "/reviews/a"],
      ["DELETE", "/reviews/a"],
      ["DELETE", `/reviews/a/${randomUUID()}`],
    ] as const) {
      const body = method === "PUT" ? JSON.stringify(reviewOf(5)) : undefined;
      expect((await reviews.send(method, path, {}, body)).status).toBe(401);
    }
  });
});

describe("nobody else's review", () => {
  test("is changed or taken back", async () => {
    const product = newProduct();
    const [author, other] = [await reviews.buyer(product), await reviews.buyer(product)];
    const { id }: Review = JSON.parse((await reviews.put(author, product, reviewOf(5))).text);
    const before = await page(product);
    for (const stranger of [other, randomUUID()]) {
      expect((await reviews.withdraw(stranger, product)).status).toBe(204);
      for (const role of ["customer", "merchant"] as const) {
        const answer = await reviews.send("DELETE", `/reviews/${product}/${id}`, caller(stranger, role));
        expect(answer.status).toBe(403);
      }
    }
    expect(await page(product)).toEqual(before);
    await reviews.put(other, product, reviewOf(1));
    expect(await page(product)).toMatchObject({ items: [{ stars: 1 }, { id, stars: 5 }] });
  });

  test.each(["support", "admin"] as const)(
    "is removed but by %s, who is recorded with the reason",
    async (role) => {
      const product = newProduct();
      const author = await reviews.buyer(product);
      const { id }: Review = JSON.parse((await reviews.put(author, product, reviewOf(1, "Rude words"))).text);
      const moderator = randomUUID();
      const remove = (productId: string, reviewId: string) =>
        reviews.send("DELETE", `/reviews/${productId}/${reviewId}?reason=insulting`, caller(moderator, role));
      expect((await remove(newProduct(), id)).status).toBe(404);
      expect((await remove(product, randomUUID())).status).toBe(404);
      for (const _ of [1, 2]) expect((await remove(product, id)).status).toBe(204);
      expect(await page(product)).toMatchObject({ items: [], rating: null });
      await expect(
        reviews.database.database.script(
          `DO $$ BEGIN
           ASSERT (SELECT (user_id, stars, title, removed_by, reason) = ('${author}', 1, 'Rude words', '${moderator}', 'insulting')
                   FROM review_removals WHERE review_id = '${id}');
         END $$`,
        ),
      ).resolves.toBeUndefined();
    },
  );
});
