import { randomUUID } from "node:crypto";
import { Connection, type Consumer } from "rabbitmq-client";
import { afterAll, beforeAll, expect, test } from "vitest";
import { testServer } from "../../chassis/test/running.ts";
import { EVENTS_EXCHANGE, eventsExchange } from "../../chassis/topology.ts";
import { type EventOf, routingKey } from "../../contracts/event.ts";
import { orderPaid } from "../../contracts/order-events.ts";
import { productRated } from "../../contracts/review-api.ts";
import { orderOf, reviewOf, TestReviews } from "../test/reviews.ts";

type Rated = EventOf<typeof productRated>;

let reviews: TestReviews;
let broker: Connection;
let listener: Consumer;
/** Every rating that was published since the start. */
const published: Rated[] = [];

beforeAll(async () => {
  reviews = await TestReviews.start();
  broker = new Connection(testServer("TEST_BROKER_URL"));
  const listening = Promise.withResolvers<void>();
  const key = routingKey(productRated);
  listener = broker.createConsumer(
    {
      queueOptions: { exclusive: true, autoDelete: true },
      exchanges: [eventsExchange],
      queueBindings: [{ exchange: EVENTS_EXCHANGE, routingKey: key }],
    },
    ({ body }) => {
      published.push(body);
    },
  );
  listener.on("ready", listening.resolve);
  await listening.promise;
});
afterAll(async () => {
  await listener?.close();
  await broker?.close();
  await reviews?.stop();
});

const ratingsOf = (product: string) => published.filter(({ productId }) => productId === product);
/** Products of other test runs share the broker. */
const newProduct = () => `product-${randomUUID()}`;

/** Tells that an order was paid, as soon as somebody listens; `times` the same message. */
async function tellPaid(order: EventOf<typeof orderPaid>, times = 1): Promise<void> {
  const listeners = () =>
    broker.queueDeclare({ queue: reviews.queue, passive: true }).then(
      ({ consumerCount }) => consumerCount,
      () => 0,
    );
  await expect.poll(listeners, { timeout: 60_000 }).toBeGreaterThan(0);
  const publisher = broker.createPublisher({ confirm: true });
  const message = { exchange: EVENTS_EXCHANGE, routingKey: routingKey(orderPaid), messageId: randomUUID() };
  for (let time = 0; time < times; time++) await publisher.send(message, order);
  await publisher.close();
}

test("who paid for it may review it, also when that is told twice and bought again", async () => {
  const [product, other] = [newProduct(), newProduct()];
  const user = randomUUID();
  expect((await reviews.put(user, product, reviewOf(5))).status).toBe(403);
  await tellPaid(orderOf(user, product, product, other), 3);
  await tellPaid(orderOf(user, product));
  await expect
    .poll(async () => (await reviews.put(user, product, reviewOf(5))).status, { timeout: 60_000 })
    .toBe(200);
  expect((await reviews.put(user, other, reviewOf(4))).status).toBe(200);
  expect((await reviews.put(randomUUID(), product, reviewOf(1))).status).toBe(403);
});

test("what a guest buys is nobody's to review", async () => {
  const [guests, users] = [newProduct(), newProduct()];
  const user = randomUUID();
  await tellPaid(orderOf(null, guests));
  await tellPaid(orderOf(user, users));
  await expect
    .poll(async () => (await reviews.put(user, users, reviewOf(5))).status, { timeout: 60_000 })
    .toBe(200);
  expect((await reviews.put(user, guests, reviewOf(5))).status).toBe(403);
});

test("each change of a product's reviews is published, in its order", async () => {
  const product = newProduct();
  const [ada, ben] = [await reviews.buyer(product), await reviews.buyer(product)];
  await reviews.put(ada, product, reviewOf(5));
  await reviews.put(ben, product, reviewOf(2));
  await reviews.put(ben, product, reviewOf(3));
  await reviews.withdraw(ada, product);
  await reviews.withdraw(ada, product);
  await reviews.withdraw(ben, product);
  await expect
    .poll(() => ratingsOf(product), { timeout: 60_000 })
    .toEqual([
      { productId: product, version: 1, rating: { average: 5, count: 1 } },
      { productId: product, version: 2, rating: { average: 3.5, count: 2 } },
      { productId: product, version: 3, rating: { average: 4, count: 2 } },
      { productId: product, version: 4, rating: { average: 3, count: 1 } },
      { productId: product, version: 5, rating: null },
    ]);
});

test("50 changes at once are published with 50 versions, and the last one tells the rating that is shown", async () => {
  const product = newProduct();
  const buyers = await Promise.all(Array.from({ length: 50 }, () => reviews.buyer(product)));
  const answers = await Promise.all(
    buyers.map((buyer, index) => reviews.put(buyer, product, reviewOf((index % 5) + 1))),
  );
  expect(answers.map(({ status }) => status)).toEqual(buyers.map(() => 200));
  await expect.poll(() => ratingsOf(product).length, { timeout: 60_000 }).toBe(50);
  expect(ratingsOf(product).map(({ version }) => version)).toEqual(buyers.map((_, index) => index + 1));
  expect(ratingsOf(product).at(-1)?.rating).toEqual({ average: 3, count: 50 });
});
