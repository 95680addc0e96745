import { afterAll, beforeAll, expect, test } from "vitest";
import { TestCatalog } from "../../catalog/test/shop.ts";
import { emptyTestRedis } from "../../chassis/test/running.ts";
import { MAX_LINES } from "../../contracts/catalog-api.ts";
import { TestCarts } from "../test/carts.ts";

let catalog: TestCatalog;
let carts: TestCarts;

beforeAll(async () => {
  const redis = await emptyTestRedis();
  catalog = await TestCatalog.start(1, redis);
  carts = await TestCarts.start(redis, catalog.origin);
});
afterAll(async () => {
  await carts?.stop();
  await catalog?.stop();
});

/** Changes goods behind the services' backs: of what is not told, nothing may be kept. */
const change = (sku: string, price: number) =>
  catalog.database.database.script(`UPDATE variant SET price = ${price} WHERE sku = '${sku}'`);

test("a cart costs what its goods cost at this moment", async () => {
  const user = carts.user();
  for (const [index, price] of [1000, 2500, 1].entries()) {
    await change("MUG-ASH", price);
    const answer = index === 0 ? await user.put("MUG-ASH", 3) : await user.get();
    expect(answer.cart).toMatchObject({
      lines: [
        { sku: "MUG-ASH", quantity: 3, unitPrice: price, currency: "EUR", productId: expect.any(String) },
      ],
      currency: "EUR",
      goods: 3 * price,
      orderable: true,
    });
  }
});

test("a client's word about prices is not heard", async () => {
  const user = carts.user();
  for (const lie of [{ unitPrice: 1 }, { goods: 1 }, { currency: "USD" }]) {
    const body = JSON.stringify({ quantity: 1, ...lie });
    expect((await carts.send("PUT", "/cart/lines/MUG-OAK", user.headers, body)).status).toBe(400);
  }
  expect(await user.quantities()).toEqual({});
});

test("goods that are not sold, or of which less is left, say so", async () => {
  const user = carts.user();
  await catalog.setStock("BOWL-OAK", 2);
  await user.put("BOWL-OAK", 2);
  expect((await user.get()).cart.orderable).toBe(true);
  await catalog.setStock("BOWL-OAK", 1);
  await user.put("NOT-SOLD", 1);
  const { cart } = await user.get();
  expect(cart.lines).toMatchObject([
    { sku: "BOWL-OAK", quantity: 2, available: 1, problem: "out-of-stock" },
    { sku: "NOT-SOLD", quantity: 1, problem: "unknown-sku" },
  ]);
  expect(cart).not.toHaveProperty("goods");
  expect(cart.orderable).toBe(false);
});

test("a full cart is priced whole", async () => {
  const goods = await catalog.database.database.query<{ sku: string; price: number }>({
    name: "test-goods",
    text: `SELECT sku, price FROM variant ORDER BY sku LIMIT ${MAX_LINES}`,
  });
  expect(goods).toHaveLength(MAX_LINES);
  const user = carts.user();
  await Promise.all(goods.map(({ sku }) => user.put(sku, 2)));
  const { cart } = await user.get();
  expect(cart.goods).toBe(goods.reduce((sum, { price }) => sum + 2 * price, 0));
});
