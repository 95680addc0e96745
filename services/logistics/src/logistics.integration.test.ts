import { randomUUID } from "node:crypto";
import { Connection } from "rabbitmq-client";
import { request } from "undici";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  createTestDatabase,
  startTestService,
  type TestDatabase,
  testName,
  testServer,
} from "../../chassis/test/running.ts";
import { EVENTS_EXCHANGE, topologyOf } from "../../chassis/topology.ts";
import { routingKey } from "../../contracts/event.ts";
import { CALLER_HEADERS } from "../../contracts/identity.ts";
import { cancellationPath } from "../../contracts/logistics-api.ts";
import { orderPaid } from "../../contracts/order-events.ts";
import { ADDRESS, MIGRATIONS, paidOrder } from "../test/depot.ts";
import { logisticsService } from "./logistics-service.ts";

const SUPPORT = { [CALLER_HEADERS.id]: randomUUID(), [CALLER_HEADERS.roles]: "customer,support" };
const CUSTOMER = { [CALLER_HEADERS.id]: randomUUID(), [CALLER_HEADERS.roles]: "customer" };

let own: TestDatabase;
let broker: Connection;
beforeAll(async () => {
  own = await createTestDatabase(MIGRATIONS);
  broker = new Connection(testServer("TEST_BROKER_URL"));
});
afterAll(async () => {
  await broker?.close();
  await own?.drop();
});

async function start(settings: NodeJS.ProcessEnv) {
  const running = await startTestService(logisticsService, {
    DATABASE_URL: own.url,
    BROKER_URL: testServer("TEST_BROKER_URL"),
    ...settings,
  });
  return {
    async send(method: "GET" | "POST" | "PUT", path: string, headers: Record<string, string> = {}) {
      const answer = await request(running.apiUrl + path, { method, headers });
      const text = await answer.body.text();
      return { status: answer.statusCode, body: text === "" ? undefined : JSON.parse(text) };
    },
    stop: () => running.stop(),
  };
}

/** Tells that an order was paid, as soon as somebody listens. */
async function tellPaid(order: ReturnType<typeof paidOrder>): Promise<void> {
  const name = testName(logisticsService.description, { DATABASE_URL: own.url });
  const listeners = () =>
    broker.queueDeclare({ queue: topologyOf(name).events, passive: true }).then(
      ({ consumerCount }) => consumerCount,
      () => 0,
    );
  await expect.poll(listeners, { timeout: 60_000 }).toBe(1);
  const publisher = broker.createPublisher({ confirm: true });
  const message = {
    exchange: EVENTS_EXCHANGE,
    routingKey: routingKey(orderPaid),
    messageId: randomUUID(),
  };
  await publisher.send(message, order);
  await publisher.close();
}

test("from a paid order to a parcel that everybody may follow, without knowing whose it is", async () => {
  const logistics = await start({ HANDLING_SECONDS: "0", TRACKING_SECONDS: "1", CARRIER_STEP_SECONDS: "0" });
  try {
    const order = paidOrder();
    await tellPaid(order);
    const shipments = async () =>
      (await logistics.send("GET", `/shipments?order=${order.orderId}`, SUPPORT)).body.items;
    await expect.poll(shipments, { timeout: 60_000 }).toMatchObject([{ state: "delivered" }]);

    const [{ id, trackingNumber }] = await shipments();
    const tracking = await logistics.send("GET", `/tracking/${trackingNumber}`);
    expect(tracking.status).toBe(200);
    expect(tracking.body).toMatchObject({ trackingNumber, state: "delivered", destination: "Berlin, DE" });
    const { city, country, ...personal } = ADDRESS;
    for (const secret of Object.values(personal)) expect(JSON.stringify(tracking.body)).not.toContain(secret);

    const details = await logistics.send("GET", `/shipments/${id}`, SUPPORT);
    expect(details.body).toMatchObject({
      shipTo: ADDRESS,
      lines: [{ sku: "LAMP-OAK", name: "Lamp, oak", quantity: 2 }],
    });
    expect((await logistics.send("PUT", cancellationPath(order.orderId))).body).toMatchObject({
      type: "urn:tradestack:problem:already-dispatched",
    });
  } finally {
    await logistics.stop();
  }
});

test("an order that is cancelled in its handling time is not sent; repeating it changes nothing", async () => {
  const logistics = await start({ HANDLING_SECONDS: "3600" });
  try {
    const order = paidOrder();
    await tellPaid(order);
    const find = async () => (await logistics.send("GET", `/shipments?order=${order.orderId}`, SUPPORT)).body;
    await expect.poll(find, { timeout: 60_000 }).toMatchObject({ items: [{ state: "preparing" }] });
    for (const path of [cancellationPath(order.orderId), cancellationPath(randomUUID())]) {
      expect((await logistics.send("PUT", path)).status).toBe(204);
      expect((await logistics.send("PUT", path)).status).toBe(204);
    }
    expect(await find()).toMatchObject({ items: [{ state: "cancelled" }] });
  } finally {
    await logistics.stop();
  }
});

test("support reports a parcel lost, once a key; customers cannot, and see no shipments", async () => {
  const logistics = await start({
    HANDLING_SECONDS: "0",
    TRACKING_SECONDS: "1",
    CARRIER_STEP_SECONDS: "3600",
  });
  try {
    const order = paidOrder();
    await tellPaid(order);
    const path = `/shipments?order=${order.orderId}`;
    const find = async () => (await logistics.send("GET", path, SUPPORT)).body.items[0];
    await expect.poll(find, { timeout: 60_000 }).toMatchObject({ state: "dispatched" });
    const { id } = await find();
    const key = { "idempotency-key": randomUUID() };
    const lose = (headers: Record<string, string>, shipment = id) =>
      logistics.send("POST", `/shipments/${shipment}/loss`, headers);

    for (const [method, url] of [
      ["GET", path],
      ["GET", `/shipments/${id}`],
      ["POST", `/shipments/${id}/loss`],
    ] as const) {
      expect((await logistics.send(method, url, key)).status).toBe(401);
      expect((await logistics.send(method, url, { ...key, ...CUSTOMER })).status).toBe(403);
    }
    expect((await lose(SUPPORT)).status).toBe(400);
    expect((await lose({ ...key, ...SUPPORT }, randomUUID())).status).toBe(404);

    const first = await lose({ ...key, ...SUPPORT });
    expect(first).toMatchObject({ status: 200, body: { id, state: "lost" } });
    expect(await lose({ ...key, ...SUPPORT })).toEqual(first);
    expect((await lose({ ...key, ...SUPPORT }, randomUUID())).status).toBe(422);
    expect(await lose({ "idempotency-key": randomUUID(), ...SUPPORT })).toMatchObject({
      status: 409,
      body: { type: "urn:tradestack:problem:illegal-shipment-move", state: "lost" },
    });
  } finally {
    await logistics.stop();
  }
});
