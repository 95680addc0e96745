import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type Interruptible, interruptible } from "../../chassis/test/interruptible.ts";
import { emptyTestRedis } from "../../chassis/test/running.ts";
import type { PricedVariants } from "../../contracts/catalog-api.ts";
import { StandIn } from "../../gateway/test/stand-in.ts";
import { type Answer, type Quantities, type Shopper, TestCarts } from "../test/carts.ts";

const MUG = {
  sku: "MUG-ASH",
  productId: "mug",
  name: "Mug, ash",
  unitPrice: 1250,
  currency: "EUR",
  available: 9,
};

const catalog = new StandIn();
let goods: PricedVariants["items"] = [];
let redis: Interruptible;
let catalogWay: Interruptible;
let carts: TestCarts;

beforeAll(async () => {
  redis = await interruptible(await emptyTestRedis());
  catalogWay = await interruptible(await catalog.listen());
  carts = await TestCarts.start(redis.url, catalogWay.url.replace(/\/$/, ""));
});
beforeEach(() => {
  goods = [MUG];
  catalog.behave = (_request, response) => response.end(JSON.stringify({ items: goods }));
});
afterAll(async () => {
  await carts?.stop();
  await redis?.cut();
  await catalogWay?.cut();
  await catalog.close();
});

/** Waits until every replica has its connections again. */
async function recovered(): Promise<void> {
  const user = carts.user();
  const statuses = async () => {
    const answers = await Promise.all([
      user.get(),
      user.get(),
      user.put("TRAY-OAK", 1),
      user.put("TRAY-OAK", 1),
    ]);
    return answers.map(({ status }) => status);
  };
  await expect.poll(statuses, { timeout: 60_000 }).toEqual([200, 200, 200, 200]);
}

const MERGED = { "MUG-ASH": 2, "BOWL-OAK": 1 };
const requests: readonly [
  name: string,
  request: (shopper: Shopper) => Promise<Answer>,
  result: Quantities,
][] = [
  ["looking", (shopper) => shopper.get(), MERGED],
  ["a change", (shopper) => shopper.put("MUG-ASH", 9), { ...MERGED, "MUG-ASH": 9 }],
  ["a removal", (shopper) => shopper.remove("MUG-ASH"), { "BOWL-OAK": 1 }],
  ["emptying", (shopper) => shopper.clear(), {}],
  ["merging", (shopper) => shopper.merge(), MERGED],
];

describe.each([
  ["was killed", () => redis.cut()],
  ["hangs", async () => redis.freeze()],
])("while Redis %s", (_name, interrupt) => {
  test.each(requests)(
    "%s is answered 503, and done once when it is repeated",
    async (_request, send, result) => {
      const user = carts.user();
      await user.put("MUG-ASH", 2);
      const guest = await carts.guest({ "BOWL-OAK": 1 });
      const both = user.with(guest.headers);
      await interrupt();
      try {
        const answer = await send(both);
        expect(answer.status).toBe(503);
        expect(answer.headers["retry-after"]).toBe("1");
        expect(JSON.parse(answer.text).type).toBe("urn:tradestack:problem:unavailable");
        expect(answer.headers).not.toHaveProperty("set-cookie");
      } finally {
        await redis.restore();
      }
      await recovered();
      expect((await send(both)).status).toBe(200);
      expect(await user.quantities()).toEqual(result);
      expect(await guest.quantities()).toEqual({});
    },
  );
});

describe("while the catalog", () => {
  test.each<[string, () => unknown]>([
    ["was killed", () => catalogWay.cut()],
    ["hangs", () => catalogWay.freeze()],
    [
      "answers nonsense",
      () => {
        goods = JSON.parse('[{"sku":"MUG-ASH","unitPrice":"free"}]');
      },
    ],
    [
      "fails",
      () => {
        catalog.behave = (_request, response) => response.writeHead(500).end('{"items":[]}');
      },
    ],
  ])("%s, carts are kept and shown without prices, and not to be ordered", async (_name, interrupt) => {
    const user = carts.user();
    await interrupt();
    try {
      const unpriced = {
        lines: [{ sku: "MUG-ASH", quantity: 2, problem: "price-unknown" }],
        orderable: false,
      };
      expect(await user.put("MUG-ASH", 2)).toMatchObject({ status: 200, cart: unpriced });
      const { cart } = await user.get();
      expect(cart).toEqual(unpriced);
    } finally {
      await catalogWay.restore();
      goods = [MUG];
      catalog.behave = (_request, response) => response.end(JSON.stringify({ items: goods }));
    }
    await expect.poll(async () => (await user.get()).cart.goods, { timeout: 60_000 }).toBe(2500);
  });
});
