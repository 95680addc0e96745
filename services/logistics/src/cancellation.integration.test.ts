import { randomUUID } from "node:crypto";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { Depot, paidOrder } from "../test/depot.ts";
import { cancelShipment } from "./cancel-shipment.ts";
import type { Carrier } from "./carrier.ts";
import { ParcelCancelledError } from "./carrier.ts";

let depot: Depot;
beforeAll(async () => {
  depot = await Depot.open();
});
afterEach(() => depot.empty());
afterAll(() => depot.drop());

const cancel = (orderId: string) => cancelShipment(depot.own.database, orderId, depot.carrier.name);

test("an order that is cancelled while it is packed is not sent", async () => {
  const orderId = await depot.receive();
  expect(await cancel(orderId)).toBe(true);
  expect(await cancel(orderId)).toBe(false);
  await depot.finish();
  expect((await depot.states()).get(orderId)).toBe("cancelled");
  expect(await depot.told()).toEqual([]);
});

test("an order that is cancelled before it is told to be paid is not sent afterwards", async () => {
  const orderId = randomUUID();
  await Promise.all([cancel(orderId), cancel(orderId), cancel(orderId)]);
  await depot.receive(paidOrder({}, orderId));
  await depot.finish();
  expect((await depot.states()).get(orderId)).toBe("cancelled");
  expect(await depot.told()).toEqual([]);
});

test("a parcel that is with the carrier cannot be cancelled any more, wherever it is", async () => {
  const orderId = await depot.receive();
  await depot.turn();
  for (let minute = 0; minute < 8; minute++) {
    await expect(cancel(orderId)).rejects.toMatchObject({ status: 409, slug: "already-dispatched" });
    await depot.endPauses();
    await depot.turn();
    depot.passMinutes(1);
  }
  expect((await depot.states()).get(orderId)).toBe("delivered");
});

test("a cancellation that comes while the carrier is being asked calls the parcel off there", async () => {
  const asked = Promise.withResolvers<void>();
  const answer = Promise.withResolvers<void>();
  const slow: Carrier = {
    ...depot.carrier,
    async book(parcel, signal) {
      asked.resolve();
      await answer.promise;
      return depot.carrier.book(parcel, signal);
    },
  };
  const orderId = await depot.receive();
  const dispatching = depot.turn(depot.context({ carrier: slow }));
  await asked.promise;
  await cancel(orderId);
  await depot.turn();
  answer.resolve();
  await dispatching;
  await depot.finish();

  expect((await depot.states()).get(orderId)).toBe("cancelled");
  expect(await depot.told()).toEqual([]);
  const { booked, cancelled } = await depot.parcels();
  expect(booked).toEqual(new Set());
  expect(cancelled).toEqual(new Set([orderId]));
});

test("a carrier refuses a parcel that was called off before", async () => {
  const { carrier } = depot;
  const signal = new AbortController().signal;
  const reference = randomUUID();
  await carrier.cancel(reference, signal);
  const parcel = { reference, shipTo: paidOrder().shipTo, shipping: "standard" } as const;
  await expect(carrier.book(parcel, signal)).rejects.toThrow(ParcelCancelledError);
});

test("cancellation, payment and dispatch that race: a parcel is either sent or cancelled, as everybody is told", async () => {
  const orders = Array.from({ length: 80 }, () => paidOrder());
  const cancelled = new Set<string>();
  const tryToCancel = async (orderId: string) => {
    const done = await cancel(orderId).then(
      () => true,
      (error) => {
        expect(error).toMatchObject({ slug: "already-dispatched" });
        return false;
      },
    );
    if (done) cancelled.add(orderId);
  };
  let racing = true;
  const workers = [1, 2, 3].map(async () => {
    while (racing) await depot.turn();
  });
  await Promise.all(
    orders.map(async (order, index) => {
      // A third is cancelled before, while, and after it is told to be paid.
      const steps = [() => depot.receive(order), () => tryToCancel(order.orderId)];
      if (index % 3 === 0) steps.reverse();
      if (index % 3 === 1) await Promise.all(steps.map((step) => step()));
      else for (const step of steps) await step();
    }),
  );
  racing = false;
  await Promise.all(workers);
  await depot.finish();

  const states = await depot.states();
  const parcels = await depot.parcels();
  for (const { orderId } of orders) {
    const isCancelled = cancelled.has(orderId);
    expect(states.get(orderId)).toBe(isCancelled ? "cancelled" : "delivered");
    expect(parcels.booked.has(orderId)).toBe(!isCancelled);
    expect(await depot.toldOf(orderId)).toHaveLength(isCancelled ? 0 : 2);
  }
  expect(cancelled.size).toBeGreaterThanOrEqual(orders.length / 3);
});
