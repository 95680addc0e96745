import { randomUUID } from "node:crypto";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { statement } from "../../chassis/index.ts";
import type { PricedVariants } from "../../contracts/catalog-api.ts";
import { type Answer, caller, TestCatalog } from "../test/shop.ts";

let catalog: TestCatalog;

beforeAll(async () => {
  catalog = await TestCatalog.start();
});
afterAll(() => catalog.stop());

const count = (answers: readonly Answer[], status: number) =>
  answers.filter((answer) => answer.status === status).length;
const problem = (status: number, slug: string, members: object = {}) => ({
  status,
  body: { type: `urn:tradestack:problem:${slug}`, ...members },
});

test("a reservation holds stock at the price of the moment", async () => {
  const orderId = randomUUID();
  const before = await catalog.available("MUG-OAK");
  const [variant] = ((await catalog.send("GET", "/variants?sku=MUG-OAK")).body as PricedVariants).items;
  const answer = await catalog.reserve([{ sku: "MUG-OAK", quantity: 3 }], orderId, 60);
  expect(answer).toMatchObject({
    status: 200,
    body: {
      orderId,
      currency: "EUR",
      lines: [
        { sku: "MUG-OAK", productId: "oak-mug", quantity: 3, unitPrice: variant?.unitPrice, name: "Oak mug" },
      ],
    },
  });
  const { expiresAt } = answer.body as { expiresAt: string };
  expect(Date.parse(expiresAt) - Date.now()).toBeGreaterThan(50_000);
  expect(Date.parse(expiresAt) - Date.now()).toBeLessThanOrEqual(61_000);
  expect(await catalog.available("MUG-OAK")).toBe(before - 3);
});

describe("repeated", () => {
  test("the same reservation answers the same and takes nothing more", async () => {
    const orderId = randomUUID();
    const lines = [
      { sku: "TRAY-ASH", quantity: 2 },
      { sku: "BOX-ASH", quantity: 1 },
    ];
    const before = await catalog.available("TRAY-ASH");
    const first = await catalog.reserve(lines, orderId);
    expect(first.status).toBe(200);
    const { status, body } = first;
    expect(await catalog.reserve([...lines].reverse(), orderId)).toMatchObject({ status, body });
    expect(await catalog.available("TRAY-ASH")).toBe(before - 2);
  });

  test("also when all come at once", async () => {
    const orderId = randomUUID();
    const before = await catalog.available("TRAY-OAK");
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => catalog.reserve([{ sku: "TRAY-OAK", quantity: 1 }], orderId)),
    );
    expect(new Set(answers.map(({ body }) => JSON.stringify(body))).size).toBe(1);
    expect(count(answers, 200)).toBe(20);
    expect(await catalog.available("TRAY-OAK")).toBe(before - 1);
  });

  test("with other lines it is refused", async () => {
    const orderId = randomUUID();
    await catalog.reserve([{ sku: "BOWL-ASH", quantity: 1 }], orderId);
    const other = await catalog.reserve([{ sku: "BOWL-ASH", quantity: 2 }], orderId);
    expect(other).toMatchObject(problem(409, "reservation-differs"));
  });

  test("confirming and releasing change nothing the second time", async () => {
    const [kept, given] = [randomUUID(), randomUUID()];
    const before = await catalog.available("BOWL-OAK");
    await catalog.reserve([{ sku: "BOWL-OAK", quantity: 1 }], kept);
    await catalog.reserve([{ sku: "BOWL-OAK", quantity: 4 }], given);
    for (let i = 0; i < 2; i++) {
      expect((await catalog.confirm(kept)).status).toBe(204);
      expect((await catalog.release(given)).status).toBe(204);
      expect(await catalog.available("BOWL-OAK")).toBe(before - 1);
    }
  });
});

describe("refused without a trace", () => {
  test("a SKU that nobody sells", async () => {
    const before = await catalog.books();
    const lines = [
      { sku: "LAMP-OAK", quantity: 1 },
      { sku: "NOTHING", quantity: 1 },
    ];
    expect(await catalog.reserve(lines)).toMatchObject(problem(404, "unknown-sku", { sku: "NOTHING" }));
    expect(await catalog.books()).toEqual(before);
  });

  test("more than there is, whichever line it is", async () => {
    await catalog.setStock("LAMP-STEEL", 2);
    const before = await catalog.books();
    const lines = [
      { sku: "LAMP-ASH", quantity: 1 },
      { sku: "LAMP-STEEL", quantity: 3 },
      { sku: "VASE-ASH", quantity: 1 },
    ];
    expect(await catalog.reserve(lines)).toMatchObject(
      problem(409, "out-of-stock", { sku: "LAMP-STEEL", requested: 3, available: 2 }),
    );
    expect(await catalog.books()).toEqual(before);
  });

  test("the same SKU in two lines", async () => {
    const line = { sku: "LAMP-ASH", quantity: 1 };
    expect(await catalog.reserve([line, line])).toMatchObject({
      status: 400,
      body: { errors: [{ in: "body", pointer: "#/lines/1/sku" }] },
    });
  });

  test("prices in two currencies", async () => {
    const request = {
      name: "Import",
      description: "",
      category: "tableware",
      currency: "USD",
      images: [],
      variants: [{ sku: "IMPORT", options: {}, price: 1 }],
    };
    expect((await catalog.send("PUT", "/products/import", request, caller("merchant"))).status).toBe(201);
    await catalog.setStock("IMPORT", 5);
    const lines = [
      { sku: "IMPORT", quantity: 1 },
      { sku: "LAMP-ASH", quantity: 1 },
    ];
    expect(await catalog.reserve(lines)).toMatchObject(
      problem(422, "mixed-currencies", { currencies: ["EUR", "USD"] }),
    );
  });
});

describe("a reservation that is over", () => {
  test("is neither confirmed nor made again once it was released", async () => {
    const orderId = randomUUID();
    const lines = [{ sku: "STOOL-ASH", quantity: 1 }];
    await catalog.reserve(lines, orderId);
    await catalog.release(orderId);
    expect(await catalog.confirm(orderId)).toMatchObject(
      problem(410, "reservation-gone", { state: "released" }),
    );
    expect(await catalog.reserve(lines, orderId)).toMatchObject(problem(410, "reservation-gone"));
  });

  test("is not released once it was confirmed", async () => {
    const orderId = randomUUID();
    await catalog.reserve([{ sku: "STOOL-ASH", quantity: 1 }], orderId);
    await catalog.confirm(orderId);
    expect(await catalog.release(orderId)).toMatchObject(problem(409, "reservation-confirmed"));
  });

  test("that never was: nothing to confirm, nothing to release", async () => {
    expect(await catalog.confirm(randomUUID())).toMatchObject(problem(404, "unknown-reservation"));
    expect((await catalog.release(randomUUID())).status).toBe(204);
  });

  test("gives its stock back by itself when its time is over", async () => {
    const before = await catalog.available("CLOCK-ASH");
    const orders = Array.from({ length: 12 }, () => randomUUID());
    const reserved = orders.map((id) => catalog.reserve([{ sku: "CLOCK-ASH", quantity: 2 }], id, 1));
    expect(count(await Promise.all(reserved), 200)).toBe(12);
    await expect.poll(() => catalog.available("CLOCK-ASH"), { timeout: 60_000 }).toBe(before);
    expect(await catalog.confirm(orders[0] ?? "")).toMatchObject(
      problem(410, "reservation-gone", { state: "expired" }),
    );
  });
});

test("500 buyers at once for the last 50 buy exactly 50", async () => {
  await catalog.setStock("TEAPOT-GLASS", 50);
  const orders = Array.from({ length: 500 }, () => randomUUID());
  const reserved = await Promise.all(
    orders.map((id) => catalog.reserve([{ sku: "TEAPOT-GLASS", quantity: 1 }], id)),
  );
  expect(count(reserved, 200)).toBe(50);
  expect(count(reserved, 409)).toBe(450);
  expect(await catalog.available("TEAPOT-GLASS")).toBe(0);

  const buyers = orders.filter((_, index) => reserved[index]?.status === 200);
  const confirmed = await Promise.all(buyers.map((id) => catalog.confirm(id)));
  expect(count(confirmed, 204)).toBe(50);
  const book = (await catalog.books()).find(({ sku }) => sku === "TEAPOT-GLASS");
  expect(book).toMatchObject({ available: 0, promised: 50 });
});

test("orders of the same goods in every sequence, released and expired meanwhile, never block each other", async () => {
  const skus = ["BOOKEND-ASH", "BOOKEND-OAK", "BOOKEND-STONE", "BOOKEND-STEEL", "BOOKEND-GLASS"];
  for (const sku of skus) await catalog.setStock(sku, 40);
  const shopper = async (index: number) => {
    const orderId = randomUUID();
    const turned = [...skus.slice(index % 5), ...skus.slice(0, index % 5)];
    const lines = (index % 2 ? turned : turned.reverse()).map((sku) => ({ sku, quantity: 1 + (index % 2) }));
    const answers = [await catalog.reserve(lines, orderId, index % 3 === 0 ? 1 : 600)];
    if (index % 3 === 1) answers.push(await catalog.release(orderId));
    return answers;
  };
  const answers = (await Promise.all(Array.from({ length: 300 }, (_, index) => shopper(index)))).flat();
  expect(answers.filter(({ status }) => status >= 500)).toEqual([]);
  expect(count(answers, 200)).toBeGreaterThan(20);

  const books = async () => (await catalog.books()).filter(({ sku }) => skus.includes(sku));
  for (const { available, promised } of await books()) expect(available + promised).toBe(40);
});

test("confirming and expiring at the same moment: one of them wins, and the books say which", async () => {
  const expireNow = statement(
    "expire-now",
    "UPDATE reservation SET expires_at = now() - interval '1 second' WHERE order_id = ANY ($1)",
  );
  const before = await catalog.available("FRAME-ASH");
  const orders = Array.from({ length: 60 }, () => randomUUID());
  await Promise.all(orders.map((id) => catalog.reserve([{ sku: "FRAME-ASH", quantity: 1 }], id)));
  await catalog.database.database.query(expireNow, [orders]);
  const answers = await Promise.all(orders.map((id) => catalog.confirm(id)));
  expect(count(answers, 204) + count(answers, 410)).toBe(60);
  await expect
    .poll(() => catalog.available("FRAME-ASH"), { timeout: 60_000 })
    .toBe(before - count(answers, 204));
});

test("whatever happens in whatever sequence, stock is what a simple count says", async () => {
  const skus = ["COASTER-ASH", "COASTER-OAK"] as const;
  const ids = Array.from({ length: 3 }, (_, index) => index);
  const quantity = fc.integer({ min: 1, max: 4 });
  const step = fc.oneof(
    fc.record({
      kind: fc.constant("reserve" as const),
      id: fc.constantFrom(...ids),
      lines: fc.uniqueArray(fc.record({ sku: fc.constantFrom(...skus), quantity }), {
        minLength: 1,
        selector: ({ sku }) => sku,
      }),
    }),
    fc.record({ kind: fc.constantFrom("confirm" as const, "release" as const), id: fc.constantFrom(...ids) }),
    fc.record({ kind: fc.constant("stock" as const), sku: fc.constantFrom(...skus), available: fc.nat(8) }),
  );

  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
      const orders = ids.map(() => randomUUID());
      const stock = new Map<string, number>(skus.map((sku) => [sku, 6]));
      for (const sku of skus) await catalog.setStock(sku, 6);
      const reservations = new Map<
        number,
        { state: string; lines: readonly { sku: string; quantity: number }[] }
      >();
      const add = (lines: readonly { sku: string; quantity: number }[], sign: 1 | -1) => {
        for (const { sku, quantity } of lines) stock.set(sku, (stock.get(sku) ?? 0) + sign * quantity);
      };
      const text = (lines: readonly { sku: string; quantity: number }[]) =>
        JSON.stringify([...lines].sort((a, b) => (a.sku < b.sku ? -1 : 1)));

      for (const step of steps) {
        if (step.kind === "stock") {
          expect((await catalog.setStock(step.sku, step.available)).status).toBe(200);
          stock.set(step.sku, step.available);
          continue;
        }
        const orderId = orders[step.id] ?? "";
        const known = reservations.get(step.id);
        if (step.kind === "reserve") {
          const { status } = await catalog.reserve(step.lines, orderId);
          if (known !== undefined) {
            const differs = text(known.lines) !== text(step.lines);
            expect(status).toBe(differs ? 409 : known.state === "released" ? 410 : 200);
          } else if (step.lines.every(({ sku, quantity }) => quantity <= (stock.get(sku) ?? 0))) {
            expect(status).toBe(200);
            reservations.set(step.id, { state: "held", lines: step.lines });
            add(step.lines, -1);
          } else expect(status).toBe(409);
        } else if (step.kind === "confirm") {
          const { status } = await catalog.confirm(orderId);
          expect(status).toBe(known === undefined ? 404 : known.state === "released" ? 410 : 204);
          if (known?.state === "held") known.state = "confirmed";
        } else {
          const { status } = await catalog.release(orderId);
          expect(status).toBe(known?.state === "confirmed" ? 409 : 204);
          if (known?.state === "held") {
            known.state = "released";
            add(known.lines, 1);
          }
        }
      }
      for (const sku of skus) expect(await catalog.available(sku)).toBe(stock.get(sku));
    }),
    { numRuns: 60 },
  );
});
