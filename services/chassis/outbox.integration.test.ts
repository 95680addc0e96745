import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import type { Broker, OutgoingMessage } from "./broker.ts";
import { createMetrics } from "./metrics.ts";
import { startOutboxRelay } from "./outbox.ts";
import { Counting, killProcess } from "./test/counting.ts";
import { silentLog } from "./test/running.ts";

const THINGS = ["a", "b", "c", "d", "e"];

let counting: Counting;
beforeAll(async () => {
  counting = await Counting.open();
});
afterEach(() => counting.empty());
afterAll(() => counting?.close());

/** Remembers what was sent, and which messages overtook an earlier one of the same thing. */
class Watch {
  readonly seen = new Map<string, Set<number>>();
  readonly outOfOrder: unknown[] = [];

  see({ thing, number }: { readonly thing: string; readonly number: number }): void {
    const seen = this.seen.get(thing) ?? new Set();
    // Again is allowed; ahead of an earlier one is not.
    if (number > 0 && !seen.has(number - 1)) this.outOfOrder.push({ thing, number });
    this.seen.set(thing, seen.add(number));
  }

  get total(): number {
    return [...this.seen.values()].reduce((sum, { size }) => sum + size, 0);
  }
}

test("several relays over a broker that fails send every event, and those of one thing in their order", async () => {
  const watch = new Watch();
  let batches = 0;
  /** Takes a while, and now and then fails after it took some of the messages, as a broker that goes away does. */
  const broker: Pick<Broker, "ready" | "onReady" | "publish"> = {
    ready: true,
    onReady() {},
    async publish(messages: readonly OutgoingMessage[]) {
      batches += 1;
      const fails = batches % 4 === 0;
      for (const message of messages) {
        watch.see(JSON.parse(message.payload));
        await new Promise(setImmediate);
      }
      if (fails) throw new Error("the broker went away");
    },
  };
  for (let number = 0; number < 12; number++) for (const thing of THINGS) await counting.tell(thing, number);
  const relays = Array.from({ length: 3 }, () =>
    startOutboxRelay(counting.own.database, broker, createMetrics(), silentLog),
  );
  await expect.poll(() => counting.waiting(), { timeout: 60_000 }).toBe(0);
  await Promise.all(relays.map((relay) => relay.stop()));
  expect(watch.outOfOrder).toEqual([]);
  expect(watch.total).toBe(THINGS.length * 12);
});

test("three relays of which one after the other is killed publish every event, in its order", {
  timeout: 240_000,
}, async () => {
  const watch = new Watch();
  await counting.watch((event) => watch.see(event));
  const total = 250;
  const relays = await Promise.all([1, 2, 3].map(() => counting.spawn("publishes")));
  let told = 0;
  const telling = (async () => {
    for (; told < total; told++) await Promise.all(THINGS.map((thing) => counting.tell(thing, told)));
  })();
  for (let kill = 1; kill <= 4; kill++) {
    const enough = (THINGS.length * total * kill) / 6;
    await expect.poll(() => watch.total, { timeout: 120_000, interval: 2 }).toBeGreaterThanOrEqual(enough);
    const [victim] = relays.splice(0, 1, await counting.spawn("publishes"));
    if (victim !== undefined) await killProcess(victim);
  }
  await telling;
  await expect.poll(() => watch.total, { timeout: 120_000 }).toBe(THINGS.length * total);
  await expect.poll(() => counting.waiting(), { timeout: 60_000 }).toBe(0);
  expect(watch.outOfOrder).toEqual([]);
});
