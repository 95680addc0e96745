import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { emptyTestRedis } from "../../chassis/test/running.ts";
import { MAX_LINES, MAX_QUANTITY } from "../../contracts/catalog-api.ts";
import { StandIn } from "../../gateway/test/stand-in.ts";
import { type Quantities, type Shopper, TestCarts } from "../test/carts.ts";

const catalog = new StandIn();
let carts: TestCarts;

beforeAll(async () => {
  catalog.behave = (_request, response) => response.end('{"items":[]}');
  carts = await TestCarts.start(await emptyTestRedis(), await catalog.listen());
});
afterAll(async () => {
  await carts?.stop();
  await catalog.close();
});

/** A user and a guest with these in their carts, and the user as their browser shows them after the login. */
async function login(mine: Quantities, guests: Quantities) {
  const user = carts.user();
  for (const [sku, quantity] of Object.entries(mine)) await user.put(sku, quantity);
  const guest = await carts.guest(guests);
  return { user, guest, both: user.with(guest.headers) };
}

const ways: readonly [name: string, request: (shopper: Shopper) => Promise<unknown>][] = [
  ["merging", (shopper) => shopper.merge()],
  ["looking", (shopper) => shopper.get()],
  ["a change", (shopper) => shopper.remove("NOT-THERE")],
];

describe("what a guest had in the cart", () => {
  test.each(ways)("is the user's after %s, and the cookie goes", async (_name, request) => {
    const { user, guest, both } = await login(
      { "MUG-ASH": 2, "BOWL-OAK": 1 },
      { "MUG-ASH": 3, "LAMP-OAK": 1 },
    );
    expect(await request(both)).toMatchObject({
      status: 200,
      headers: { "set-cookie": "cart=; Path=/api/cart; Max-Age=0; HttpOnly; SameSite=Lax" },
      cart: { replicated: expect.any(Boolean) },
    });
    expect(await user.quantities()).toEqual({ "MUG-ASH": 5, "BOWL-OAK": 1, "LAMP-OAK": 1 });
    expect(await guest.quantities()).toEqual({});
  });

  test("is merged before the request itself is done", async () => {
    const { both } = await login({}, { "MUG-ASH": 3, "LAMP-OAK": 1 });
    expect((await both.put("MUG-ASH", 1)).cart.lines).toMatchObject([
      { sku: "LAMP-OAK", quantity: 1 },
      { sku: "MUG-ASH", quantity: 1 },
    ]);
  });

  test("is told of where it finds no room", async () => {
    const { user, both } = await login({ "MUG-ASH": 990 }, { "MUG-ASH": 30, "LAMP-OAK": 1 });
    expect((await both.merge()).cart.leftOut).toEqual([{ sku: "MUG-ASH", quantity: 20 }]);
    expect(await user.quantities()).toEqual({ "MUG-ASH": 1000, "LAMP-OAK": 1 });
    expect((await both.get()).cart).not.toHaveProperty("leftOut");
  });

  test("is merged once by 50 requests at once", async () => {
    const { user, both } = await login({ "MUG-ASH": 1 }, { "MUG-ASH": 2, "LAMP-OAK": 4 });
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, index) => ways[index % ways.length]?.[1](both)),
    );
    for (const answer of answers) expect(answer).toMatchObject({ status: 200 });
    expect(await user.quantities()).toEqual({ "MUG-ASH": 3, "LAMP-OAK": 4 });
  });
});

test("whatever is merged, however often and by how many at once: nothing is lost but beyond the limits, nothing doubled", async () => {
  const quantities = (lines: number) =>
    fc.dictionary(
      fc.integer({ min: 0, max: 70 }).map((index) => `SKU-${index}`),
      fc.oneof(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: MAX_QUANTITY })),
      { maxKeys: lines, size: "max" },
    );
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(quantities(5), quantities(MAX_LINES)),
      fc.oneof(quantities(5), quantities(MAX_LINES)),
      fc.array(fc.array(fc.constantFrom(...ways), { minLength: 1, maxLength: 4 }), {
        minLength: 1,
        maxLength: 3,
      }),
      async (mine, guests, rounds) => {
        const { user, guest, both } = await login(mine, guests);
        const leftOut: Record<string, number> = {};
        for (const round of rounds) {
          const answers = await Promise.all(round.map(([, request]) => request(both)));
          for (const answer of answers) {
            for (const { sku, quantity } of (answer as Awaited<ReturnType<Shopper["get"]>>).cart.leftOut ??
              [])
              leftOut[sku] = (leftOut[sku] ?? 0) + quantity;
          }
        }
        const merged = await user.quantities();
        expect(Object.keys(merged).length).toBeLessThanOrEqual(MAX_LINES);
        expect(await guest.quantities()).toEqual({});
        for (const sku of new Set([...Object.keys(mine), ...Object.keys(guests), ...Object.keys(merged)])) {
          const had = (mine[sku] ?? 0) + (guests[sku] ?? 0);
          expect((merged[sku] ?? 0) + (leftOut[sku] ?? 0)).toBe(had);
          // Left out is only what has no room.
          if (leftOut[sku] === undefined) continue;
          if (merged[sku] !== undefined) expect(merged[sku]).toBe(MAX_QUANTITY);
          else expect(Object.keys(merged)).toHaveLength(MAX_LINES);
        }
      },
    ),
    { numRuns: 40 },
  );
});
