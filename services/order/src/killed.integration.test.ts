import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { request } from "undici";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Order } from "../../contracts/order-api.ts";
import { callerHeaders, orderOf, Trade } from "../test/trade.ts";

const PROGRAM = join(import.meta.dirname, "../test/serve.ts");
const ORDERS = 60;
const KILLS = 4;
/** Starting a process takes seconds on a busy machine. */
const TIMEOUT = 240_000;

let trade: Trade;
let child: ChildProcess;

beforeAll(async () => {
  trade = await Trade.start();
  await trade.order.stop();
});
afterAll(async () => {
  child?.kill("SIGKILL");
  await trade?.stop();
});

/** Starts the order service as a process and answers the URL of its API. */
async function spawnOrderService(): Promise<string> {
  child = spawn(process.execPath, [PROGRAM], {
    env: { ...process.env, ...trade.environment },
    stdio: ["ignore", "pipe", "inherit"],
  });
  if (child.stdout === null) throw new Error("the process has no output");
  const [line] = await once(createInterface(child.stdout), "line");
  return String(line);
}

test("orders placed, cancelled, shipped and refunded while their process is killed again and again end as they must, once", {
  timeout: TIMEOUT,
}, async () => {
  const sku = await trade.stock(0, 1000);
  const support = callerHeaders(randomUUID(), "support");
  let url = await spawnOrderService();
  let answered = 0;

  /** Repeats the same request until it is done, as a client may. */
  const insist = async (path: string, body: unknown, headers: Record<string, string>): Promise<string> => {
    for (;;) {
      try {
        const answer = await request(url + path, {
          method: "POST",
          headers: { "content-type": "application/json", ...headers },
          body: JSON.stringify(body),
        });
        const text = await answer.body.text();
        if (answer.statusCode === 200 || answer.statusCode === 201) {
          answered += 1;
          return text;
        }
        expect([202, 409, 503], text).toContain(answer.statusCode);
      } catch (error) {
        if (!isConnectionError(error)) throw error;
      }
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  };
  /** Every third order is cancelled, every third shipped and partly refunded. */
  const shop = async (index: number) => {
    const text = await insist("/orders", orderOf(sku, 2), { "idempotency-key": randomUUID() });
    const { id, accessToken }: Order = JSON.parse(text);
    const path = `/orders/${id}`;
    if (index % 3 === 0) await insist(`${path}/cancellation`, {}, { "order-token": accessToken ?? "" });
    if (index % 3 === 1) {
      await trade.ship(id);
      const refund = { lines: [{ sku, quantity: 1 }], reason: "Scratched", restock: true };
      await insist(`${path}/refunds`, refund, { ...support, "idempotency-key": randomUUID() });
    }
  };

  const queue = Array.from({ length: ORDERS }, (_, index) => index);
  const shopper = async () => {
    for (let index = queue.shift(); index !== undefined; index = queue.shift()) await shop(index);
  };
  const shoppers = Promise.all(Array.from({ length: 6 }, shopper));
  const answers = (ORDERS * 5) / 3;
  for (let kill = 1; kill <= KILLS; kill++) {
    const target = Math.floor((answers * kill) / (KILLS + 1));
    await expect.poll(() => answered, { interval: 2, timeout: TIMEOUT }).toBeGreaterThanOrEqual(target);
    child.kill("SIGKILL");
    await once(child, "exit");
    url = await spawnOrderService();
  }
  await shoppers;

  const books = await trade.books();
  const third = ORDERS / 3;
  expect(books.orders).toEqual({ paid: third, shipped: third, cancelled: third });
  const sold = 2 * (2 * third) - third;
  // One event that each was paid, one for each refund, and one for each cancellation.
  const waitingEvents = ORDERS + 2 * third + third;
  expect(books).toMatchObject({
    sold,
    confirmed: sold,
    held: 0,
    ledgerSum: 0,
    pendingRefunds: 0,
    waitingEvents,
  });
  expect(books.ledgerRevenue).toBe(books.revenue);
  expect(await trade.available(sku)).toBe(1000 - sold);
});

const isConnectionError = (error: unknown): boolean =>
  error instanceof Error && "code" in error && /^(ECONN|UND_ERR_SOCKET|EPIPE)/.test(String(error.code));
