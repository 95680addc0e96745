import { randomUUID } from "node:crypto";
import { Redis } from "ioredis";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { emptyTestRedis } from "../../chassis/test/running.ts";
import { StandIn } from "../../gateway/test/stand-in.ts";
import { cookieOf, type Shopper, TestCarts } from "../test/carts.ts";
import { CART_LIFE_SECONDS, guestCart, NEW_GUEST_CART_LIFE_SECONDS } from "./cart-store.ts";

/** Sells nothing: what is tested here is what carts hold, not what it costs. */
const catalog = new StandIn();
let redis: Redis;
let carts: TestCarts;
/** Lets an address have three new carts. */
let few: TestCarts;

beforeAll(async () => {
  catalog.behave = (_request, response) => response.end('{"items":[]}');
  const url = await emptyTestRedis();
  redis = new Redis(url);
  const goods = await catalog.listen();
  carts = await TestCarts.start(url, goods);
  few = await TestCarts.start(url, goods, 2, { NEW_CARTS_PER_MINUTE: "1", NEW_CARTS_BURST: "3" });
});
afterAll(async () => {
  await Promise.all([carts, few].map((carts) => carts?.stop()));
  redis?.disconnect();
  await catalog.close();
});

/** Keys of carts that were not there before. */
async function keysAfter(work: () => Promise<unknown>): Promise<string[]> {
  const before = new Set(await redis.keys("cart:*"));
  await work();
  return (await redis.keys("cart:*")).filter((key) => !before.has(key));
}

describe("a guest", () => {
  test("gets a cart by a cookie that scripts cannot read", async () => {
    const answer = await carts.shopper({}).put("MUG-ASH", 2);
    expect(answer).toMatchObject({ status: 200, cart: { lines: [{ sku: "MUG-ASH", quantity: 2 }] } });
    expect(answer.headers["set-cookie"]).toMatch(
      new RegExp(`^cart=[\\w-]{32}; Path=/api/cart; Max-Age=${CART_LIFE_SECONDS}; HttpOnly; SameSite=Lax$`),
    );
    const cookie = cookieOf(answer.headers["set-cookie"]);
    expect(await carts.shopper({ cookie }).quantities()).toEqual({ "MUG-ASH": 2 });
  });

  test("gets it over HTTPS only where that is spoken", async () => {
    const answer = await carts.shopper({ "x-forwarded-proto": "https" }).put("MUG-ASH", 1);
    expect(answer.headers["set-cookie"]).toMatch(/; Secure$/);
  });

  test("who only looks gets no cookie and leaves nothing behind", async () => {
    const keys = await keysAfter(async () => {
      for (const answer of [await carts.shopper({}).get(), await carts.shopper({}).remove("MUG-ASH")]) {
        expect(answer).toMatchObject({ status: 200, cart: { lines: [], orderable: false } });
        expect(answer.headers).not.toHaveProperty("set-cookie");
      }
    });
    expect(keys).toEqual([]);
  });

  test.each([
    "cart=",
    "cart=short",
    `cart=${"x".repeat(33)}`,
    `cart=${"ü".repeat(16)}`,
    // It looks like one of ours, and nobody was given it.
    `cart=${"x".repeat(32)}`,
  ])("who sends %s gets a new token", async (cookie) => {
    const answer = await carts.shopper({ cookie }).put("MUG-ASH", 1);
    expect(cookieOf(answer.headers["set-cookie"])).toMatch(/^cart=[\w-]{32}$/);
    expect(cookieOf(answer.headers["set-cookie"])).not.toBe(cookie);
  });

  test("has a cart that nobody finds without the token: Redis does not know it", async () => {
    const keys = await keysAfter(async () => {
      const guest = await carts.guest({ "MUG-ASH": 1 });
      expect(JSON.stringify(await redis.keys("*"))).not.toContain(
        guest.headers.cookie?.slice("cart=".length),
      );
    });
    expect(keys).toEqual([expect.stringMatching(/^cart:guest:[\w-]{43}$/)]);
  });
});

test("whose token is made up has no cart by it, whatever they do", async () => {
  const token = "made-up-token-of-32-characters-x";
  const guest = carts.shopper({ cookie: `cart=${token}` });
  for (const answer of [await guest.get(), await guest.remove("MUG-ASH"), await guest.clear()]) {
    expect(answer).toMatchObject({ status: 200, cart: { lines: [] } });
    expect(answer.headers).not.toHaveProperty("set-cookie");
  }
  await Promise.all(Array.from({ length: 5 }, () => guest.put("MUG-ASH", 1)));
  expect(await redis.exists(`cart:${guestCart(token)}`)).toBe(0);
  expect(await guest.quantities()).toEqual({});
});

describe("new carts", () => {
  test.each([
    ["without a token", () => ({}), "198.51.100.7"],
    [
      "with tokens that they make up",
      () => ({ cookie: `cart=${randomUUID().slice(0, 32)}` }),
      "198.51.100.8",
    ],
  ])("of guests %s are limited by address, not those that are there", async (_name, headers, address) => {
    const from = { "x-forwarded-for": address };
    const put = (more: Record<string, string>) => few.shopper({ ...from, ...more }).put("MUG-ASH", 1);
    const answers = [];
    for (let count = 0; count < 5; count++) answers.push(await put(headers()));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 429, 429]);
    expect(JSON.parse(answers[3]?.text ?? "")).toMatchObject({
      type: "urn:tradestack:problem:too-many-requests",
      limit: "guest-carts",
    });
    expect(answers[3]?.headers).toMatchObject({ "ratelimit-policy": '"guest-carts";q=3;w=180' });
    const cookie = cookieOf(answers[0]?.headers["set-cookie"]);
    expect((await put({ cookie })).status).toBe(200);
    expect((await few.user().with(from).put("MUG-ASH", 1)).status).toBe(200);
    expect((await few.shopper({ "x-forwarded-for": "198.51.100.9" }).get()).status).toBe(200);
  });
});

describe("a guest's cart", () => {
  const keyOf = (cookie: string) => `cart:${guestCart(cookie.slice("cart=".length))}`;
  /** A guest with one line, and how long the cart is kept. */
  const newGuest = async () => {
    const guest = await carts.guest({ "MUG-ASH": 1 });
    return { guest, life: () => redis.ttl(keyOf(guest.headers.cookie ?? "")) };
  };
  const expectDay = (life: number) => {
    expect(life).toBeGreaterThan(NEW_GUEST_CART_LIFE_SECONDS - 60);
    expect(life).toBeLessThanOrEqual(NEW_GUEST_CART_LIFE_SECONDS);
  };

  test.each<[string, (guest: Shopper) => Promise<unknown>]>([
    ["another line", (guest) => guest.put("BOWL-OAK", 1)],
    ["another quantity", (guest) => guest.put("MUG-ASH", 2)],
    ["a removal", (guest) => guest.remove("BOWL-OAK")],
  ])("is kept for a day at first, and for 30 from a second change on: %s", async (_name, change) => {
    const { guest, life } = await newGuest();
    expectDay(await life());
    await guest.get();
    expectDay(await life());
    await change(guest);
    expect(await life()).toBeGreaterThan(CART_LIFE_SECONDS - 60);
  });

  test.each<[string, (guest: Shopper) => Promise<unknown>]>([
    ["emptied", (guest) => guest.clear()],
    ["left without a line", (guest) => guest.remove("MUG-ASH")],
  ])("that was %s begins anew", async (_name, empty) => {
    const { guest, life } = await newGuest();
    await guest.put("MUG-ASH", 2);
    await empty(guest);
    expect(await life()).toBe(-2);
    const cookie = cookieOf((await guest.put("MUG-ASH", 1)).headers["set-cookie"]);
    expect(cookie).not.toBe(guest.headers.cookie);
    expectDay(await redis.ttl(keyOf(cookie)));
  });

  test("is kept for 30 days once it is somebody's", async () => {
    const { guest } = await newGuest();
    const id = randomUUID();
    await carts.user(id).with(guest.headers).merge();
    expect(await redis.ttl(`cart:user:${id}`)).toBeGreaterThan(CART_LIFE_SECONDS - 60);
  });
});

describe("nobody else's cart", () => {
  test("is seen, changed, emptied or taken over", async () => {
    const ada = carts.user();
    await ada.put("MUG-ASH", 3);
    const guest = await carts.guest({ "BOWL-OAK": 4 });
    const id = ada.headers["x-caller-id"] ?? "";
    const strangers = [
      carts.user(),
      carts.shopper({}),
      await carts.guest({ "TRAY-OAK": 1 }),
      // Pretends to be her where only the gateway's word counts.
      carts.shopper({ cookie: `cart=${id}` }),
      carts.shopper({ cookie: `user:${id}` }),
    ];
    for (const stranger of strangers) {
      expect(await stranger.quantities()).not.toMatchObject({ "MUG-ASH": 3 });
      await stranger.put("MUG-ASH", 1);
      await stranger.remove("BOWL-OAK");
      await stranger.clear();
      await stranger.merge();
    }
    expect(await ada.quantities()).toEqual({ "MUG-ASH": 3 });
    expect(await guest.quantities()).toEqual({ "BOWL-OAK": 4 });
  });

  test("is merged by who is not logged in", async () => {
    const guest = await carts.guest({ "BOWL-OAK": 4 });
    expect((await guest.merge()).status).toBe(401);
    expect(await guest.quantities()).toEqual({ "BOWL-OAK": 4 });
  });
});

describe("a cart", () => {
  test("holds what was put last, until it is removed", async () => {
    const user = carts.user();
    await user.put("MUG-ASH", 2);
    await user.put("BOWL-OAK", 1);
    expect((await user.put("MUG-ASH", 7)).cart.lines).toMatchObject([
      { sku: "BOWL-OAK", quantity: 1 },
      { sku: "MUG-ASH", quantity: 7 },
    ]);
    expect((await user.remove("MUG-ASH")).cart.lines).toMatchObject([{ sku: "BOWL-OAK" }]);
    expect((await user.remove("MUG-ASH")).status).toBe(200);
    expect((await user.clear()).cart.lines).toEqual([]);
    expect(await user.quantities()).toEqual({});
  });

  test.each(["__proto__", "constructor", "hasOwnProperty", "0", "-", "a".repeat(64)])(
    "holds goods of the SKU %s",
    async (sku) => {
      const user = carts.user();
      expect((await user.put(sku, 5)).cart.lines).toMatchObject([{ sku, quantity: 5 }]);
      expect((await user.get()).cart.lines).toMatchObject([{ sku, quantity: 5 }]);
    },
  );

  test.each([0, -1, 1.5, 1001, "2", null, undefined])("takes no quantity of %s", async (quantity) => {
    const user = carts.user();
    expect((await user.put("MUG-ASH", quantity)).status).toBe(400);
    expect(await user.quantities()).toEqual({});
  });

  test("holds no more lines than an order, also when 60 are put at once over two replicas", async () => {
    const user = carts.user();
    const answers = await Promise.all(
      Array.from({ length: 60 }, (_, index) => user.put(`SKU-${index}`, index + 1)),
    );
    const refused = answers.filter(({ status }) => status !== 200);
    expect(refused).toHaveLength(10);
    for (const { status, text } of refused) {
      expect(status).toBe(409);
      expect(JSON.parse(text).type).toBe("urn:tradestack:problem:cart-full");
    }
    const quantities = await user.quantities();
    expect(Object.keys(quantities)).toHaveLength(50);
    for (const [sku, quantity] of Object.entries(quantities)) expect(sku).toBe(`SKU-${quantity - 1}`);
    const [known = ""] = Object.keys(quantities);
    expect((await user.put(known, 999)).status).toBe(200);
    expect((await user.put("ONE-MORE", 1)).status).toBe(409);
  });

  test("loses none of 50 changes at once", async () => {
    const user = carts.user();
    await Promise.all(Array.from({ length: 25 }, (_, index) => user.put(`OLD-${index}`, 1)));
    await Promise.all(
      Array.from({ length: 25 }, (_, index) => [
        user.put(`NEW-${index}`, 2),
        user.remove(`OLD-${index}`),
      ]).flat(),
    );
    const expected = Object.fromEntries(Array.from({ length: 25 }, (_, index) => [`NEW-${index}`, 2]));
    expect(await user.quantities()).toEqual(expected);
  });

  test("is kept for 30 days after its last change, and a look is none", async () => {
    const id = randomUUID();
    const key = `cart:user:${id}`;
    const user = carts.user(id);
    await user.put("MUG-ASH", 1);
    expect(await redis.ttl(key)).toBeGreaterThan(CART_LIFE_SECONDS - 60);
    await user.put("BOWL-OAK", 1);
    for (const change of [() => user.put("MUG-ASH", 2), () => user.remove("BOWL-OAK")]) {
      await redis.expire(key, 100);
      await user.get();
      expect(await redis.ttl(key)).toBeLessThanOrEqual(100);
      await change();
      expect(await redis.ttl(key)).toBeGreaterThan(CART_LIFE_SECONDS - 60);
    }
  });
});
