import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Connection } from "rabbitmq-client";
import { Type } from "typebox";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { defineEvent, routingKey } from "../contracts/event.ts";
import { defineService } from "../description.ts";
import { type Broker, EVENTS_EXCHANGE, type OutgoingMessage } from "./broker.ts";
import { type Queryable, statement } from "./database.ts";
import { onEvent } from "./inbox.ts";
import { createMetrics } from "./metrics.ts";
import { EventContractError, outboxRow, startOutboxRelay, storeEvent } from "./outbox.ts";
import type { RunningService, ServiceContext } from "./service.ts";
import {
  createTestDatabase,
  silentLog,
  startTestService,
  type TestDatabase,
  testServer,
} from "./test/running.ts";
import type { Worker } from "./worker.ts";

/** A name of its own, so that its queue on the shared broker is its own. */
const name = `t${randomUUID().slice(0, 8)}`;
const counted = defineEvent({
  name: `${name}.counted`,
  version: 1,
  schema: Type.Object({ thing: Type.String(), number: Type.Integer() }),
});
const description = defineService({
  name,
  summary: "Counts",
  publishes: [counted],
  consumes: [counted],
  database: "postgres",
  scale: { min: 1, max: 1, cpuPercent: 50 },
  resources: { cpu: { request: "1m", limit: "1" }, memory: { request: "1Mi", limit: "1Mi" } },
  objectives: { availability: 99, p99: "1s" },
});

const migrations = mkdtempSync(join(tmpdir(), "migrations-"));
let own: TestDatabase;
let raw: Connection;

beforeAll(async () => {
  own = await createTestDatabase(migrations);
  await own.database.script("CREATE TABLE counts (thing text, number int)");
  raw = new Connection(testServer("TEST_BROKER_URL"));
});
afterEach(() => own.database.script("TRUNCATE outbox, inbox, counts"));
afterAll(async () => {
  for (const queue of [`${name}.events`, `${name}.dead-letters`]) await raw?.queueDelete({ queue });
  await raw?.close();
  await own?.drop();
  rmSync(migrations, { recursive: true });
});

const store = (database: Queryable, thing: string, number: number) =>
  storeEvent(database, outboxRow(counted, thing, { thing, number }));

const ROWS = statement<{ rows: number }>("test-outbox", "SELECT count(*) AS rows FROM outbox");
const waiting = async () => (await own.database.query(ROWS))[0]?.rows;

test("an event that breaks its contract is not stored", () => {
  const wrong = { thing: "a", number: 1.5 };
  expect(() => outboxRow(counted, "a", wrong)).toThrow(EventContractError);
  expect(() => outboxRow(counted, "a", wrong)).toThrow(/counted\.v1, \/number: must be integer/);
});

test("several relays over a broker that fails send every event, and those of one thing in their order", async () => {
  const received = new Map<string, Set<number>>();
  const outOfOrder: OutgoingMessage[] = [];
  let batches = 0;
  /** Takes a while, and now and then fails after it took some of the messages, as a broker that goes away does. */
  const broker: Broker = {
    ready: true,
    onReady() {},
    consume: () => expect.unreachable("nothing is consumed here"),
    close: async () => {},
    async publish(messages) {
      batches += 1;
      const fails = batches % 4 === 0;
      for (const message of messages) {
        const { thing, number } = JSON.parse(message.payload);
        const seen = received.get(thing) ?? new Set();
        // Again is allowed; ahead of an earlier one is not.
        if (number > 0 && !seen.has(number - 1)) outOfOrder.push(message);
        received.set(thing, seen.add(number));
        await new Promise(setImmediate);
      }
      if (fails) throw new Error("the broker went away");
    },
  };
  const things = ["a", "b", "c", "d", "e"];
  for (let number = 0; number < 12; number++) {
    for (const thing of things) await store(own.database, thing, number);
  }
  const relays: Worker[] = Array.from({ length: 3 }, () =>
    startOutboxRelay(own.database, broker, createMetrics(), silentLog),
  );
  await expect.poll(waiting, { timeout: 60_000 }).toBe(0);
  await Promise.all(relays.map((relay) => relay.stop()));
  expect(outOfOrder).toEqual([]);
  for (const thing of things) expect(received.get(thing)?.size).toBe(12);
});

const COUNT = statement("test-count", "INSERT INTO counts VALUES ($1, $2)");
const COUNTS = statement<{ thing: string; number: number }>(
  "test-counts",
  "SELECT thing, number FROM counts ORDER BY thing, number",
);

async function startConsumer(): Promise<{ service: RunningService; context: ServiceContext }> {
  let context: ServiceContext | undefined;
  const service = await startTestService(
    {
      description,
      settings: {},
      migrations,
      setup(given) {
        context = given;
        given.consume(
          onEvent(counted, async (transaction, { thing, number }) => {
            await transaction.query(COUNT, [thing, number]);
            if (thing === "poison") throw new Error("cannot be counted");
          }),
        );
      },
    },
    { DATABASE_URL: own.url, BROKER_URL: testServer("TEST_BROKER_URL") },
  );
  if (context === undefined) throw new Error("the service was not set up");
  // What is published before a queue was ever bound has no reader.
  const consumers = () =>
    raw.queueDeclare({ queue: `${name}.events`, passive: true }).then(
      ({ consumerCount }) => consumerCount,
      () => 0,
    );
  await expect.poll(consumers, { timeout: 15_000 }).toBe(1);
  return { service, context };
}

test("an event goes from one transaction to another, once, however often its message is delivered", async () => {
  const { service, context } = await startConsumer();
  try {
    await context.database.transaction((transaction) => store(transaction, "apple", 1));
    context.wakeOutbox();
    await expect
      .poll(() => own.database.query(COUNTS), { timeout: 15_000 })
      .toEqual([{ thing: "apple", number: 1 }]);

    const publisher = raw.createPublisher({ confirm: true });
    const messageId = randomUUID();
    const send = (body: object) =>
      publisher.send({ exchange: EVENTS_EXCHANGE, routingKey: routingKey(counted), messageId }, body);
    for (let copy = 0; copy < 5; copy++) await send({ thing: "pear", number: 2 });
    await context.database.transaction((transaction) => store(transaction, "plum", 3));
    context.wakeOutbox();
    await expect
      .poll(async () => (await own.database.query(COUNTS)).at(-1))
      .toEqual({ thing: "plum", number: 3 });
    expect(await own.database.query(COUNTS)).toEqual([
      { thing: "apple", number: 1 },
      { thing: "pear", number: 2 },
      { thing: "plum", number: 3 },
    ]);
    await publisher.close();
  } finally {
    await service.stop();
  }
});

test("a message that cannot be read or handled ends in the dead letters and leaves nothing behind", async () => {
  const { service } = await startConsumer();
  try {
    const publisher = raw.createPublisher({ confirm: true });
    const send = (body: object) =>
      publisher.send(
        { exchange: EVENTS_EXCHANGE, routingKey: routingKey(counted), messageId: randomUUID() },
        body,
      );
    await send({ thing: "unreadable" });
    await send({ thing: "poison", number: 1 });
    const dead = new Set<unknown>();
    await expect
      .poll(
        async () => {
          const message = await raw.basicGet({ queue: `${name}.dead-letters`, noAck: true });
          if (message !== undefined) dead.add(message.body.thing);
          return [...dead].sort();
        },
        { timeout: 30_000 },
      )
      .toEqual(["poison", "unreadable"]);
    expect(await own.database.query(COUNTS)).toEqual([]);
    await publisher.close();
  } finally {
    await service.stop();
  }
});
