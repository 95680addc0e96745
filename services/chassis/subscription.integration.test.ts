import { randomUUID } from "node:crypto";
import type { AsyncMessage } from "rabbitmq-client";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { type Broker, openBroker } from "./broker.ts";
import type { Subscription } from "./subscription.ts";
import { silentLog, testServer } from "./test/running.ts";
import { topologyOf } from "./topology.ts";

const TOTAL = 3000;
const name = `t${randomUUID().slice(0, 8)}`;
const key = `${name}.counted.v1`;
const topology = topologyOf(name);

let broker: Broker;
const subscriptions: Subscription[] = [];
beforeAll(() => {
  broker = openBroker(testServer("TEST_BROKER_URL"), name, silentLog);
});
afterEach(async () => {
  for (const subscription of subscriptions.splice(0)) await subscription.close();
});
afterAll(async () => {
  await broker.channel(async (channel) => {
    for (const queue of [topology.events, topology.deadLetters]) await channel.queueDelete({ queue });
    await channel.exchangeDelete({ exchange: topology.redriven });
  });
  await broker.close();
});

/** Publishes the numbers from 0 upwards, as fast as the broker takes them. */
const publish = (total: number) =>
  broker.publish(
    Array.from({ length: total }, (_, number) => ({
      messageId: randomUUID(),
      routingKey: key,
      payload: JSON.stringify({ number }),
      aggregateId: "thing",
      sequence: number,
      occurredAt: new Date(),
      traceparent: undefined,
    })),
  );

const turns = async (count: number) => {
  for (let turn = 0; turn < count; turn++) await new Promise(setImmediate);
};

test("replicas that take turns, and whose stores fail, store messages in their order and lose none", async () => {
  const stored = new Set<number>();
  const overtaken: number[] = [];
  let batches = 0;
  /** A store that takes its time and fails now and then, sometimes after it has stored something. */
  const receive = async (messages: readonly AsyncMessage[]) => {
    batches += 1;
    const fate = batches % 5;
    await turns(batches % 7);
    if (fate === 1) throw new Error("the store is away");
    for (const { body } of messages) {
      if (body.number > 0 && !stored.has(body.number - 1)) overtaken.push(body.number);
      stored.add(body.number);
    }
    await turns(batches % 3);
    if (fate === 3) throw new Error("the store's answer was lost");
  };
  const open = () => subscriptions.push(broker.consume([key], receive));
  for (let replica = 0; replica < 3; replica++) open();
  const isBound = () =>
    broker.channel((channel) =>
      channel
        .queueDeclare({ queue: topology.events, passive: true })
        .then(({ consumerCount }) => consumerCount),
    );
  await expect.poll(isBound).toBe(1);

  const publishing = publish(TOTAL);
  for (let change = 1; change <= 5; change++) {
    const enough = (TOTAL * change) / 7;
    await expect.poll(() => stored.size, { timeout: 30_000, interval: 1 }).toBeGreaterThanOrEqual(enough);
    open();
    await subscriptions.shift()?.close();
  }
  await publishing;
  await expect.poll(() => stored.size, { timeout: 30_000 }).toBe(TOTAL);
  expect(overtaken).toEqual([]);
});
