import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { request } from "undici";
import { afterAll, beforeAll, expect, test } from "vitest";
import { orderOf, Trade } from "../test/trade.ts";

const PROGRAM = join(import.meta.dirname, "../test/serve.ts");
const ORDERS = 60;
const KILLS = 3;
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

test("orders placed while their process is killed again and again are each paid exactly once", {
  timeout: TIMEOUT,
}, async () => {
  const sku = await trade.stock(0, 1000);
  let url = await spawnOrderService();
  let answered = 0;

  /** Repeats the same request until it has an answer, as a client with a key may. */
  const insist = async (key: string): Promise<string> => {
    for (;;) {
      try {
        const answer = await request(`${url}/orders`, {
          method: "POST",
          headers: { "content-type": "application/json", "idempotency-key": key },
          body: JSON.stringify(orderOf(sku, 2)),
        });
        const text = await answer.body.text();
        if (answer.statusCode === 201) {
          answered += 1;
          return text;
        }
        expect([409, 503], text).toContain(answer.statusCode);
      } catch (error) {
        if (!isConnectionError(error)) throw error;
      }
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  };

  const keys = Array.from({ length: ORDERS }, () => randomUUID());
  const queue = [...keys];
  const shopper = async () => {
    for (let key = queue.shift(); key !== undefined; key = queue.shift()) await insist(key);
  };
  const shoppers = Promise.all(Array.from({ length: 6 }, shopper));
  for (let kill = 1; kill <= KILLS; kill++) {
    const target = Math.floor((ORDERS * kill) / (KILLS + 1));
    await expect.poll(() => answered, { interval: 2, timeout: TIMEOUT }).toBeGreaterThanOrEqual(target);
    child.kill("SIGKILL");
    await once(child, "exit");
    url = await spawnOrderService();
  }
  await shoppers;

  const books = await trade.books();
  expect(books.orders).toEqual({ paid: ORDERS });
  expect(books).toMatchObject({
    sold: 2 * ORDERS,
    confirmed: 2 * ORDERS,
    held: 0,
    ledgerSum: 0,
    waitingEvents: ORDERS,
  });
  expect(books.ledgerRevenue).toBe(books.revenue);
  expect(await trade.available(sku)).toBe(1000 - 2 * ORDERS);
});

const isConnectionError = (error: unknown): boolean =>
  error instanceof Error && "code" in error && /^(ECONN|UND_ERR_SOCKET|EPIPE)/.test(String(error.code));
