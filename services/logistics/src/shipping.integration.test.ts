import fc from "fast-check";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { SHIPMENT_STATES } from "../../contracts/logistics-api.ts";
import { Depot, paidOrder } from "../test/depot.ts";
import type { Carrier } from "./carrier.ts";
import { eraseAddresses } from "./erase-addresses.ts";
import { MOVES } from "./shipment.ts";
import { listShipments, trackShipment } from "./shipment-view.ts";

const DISPATCHED = "shipment.dispatched.v1";
const DELIVERED = "shipment.delivered.v1";
const LOST = "shipment.lost.v1";

let depot: Depot;
beforeAll(async () => {
  depot = await Depot.open();
});
afterEach(() => depot.empty());
afterAll(() => depot.drop());

test("a parcel is dispatched after its handling time, travels by the clock and arrives", async () => {
  const orderId = await depot.receive(paidOrder(), 3600);
  await depot.turn();
  expect((await depot.states()).get(orderId)).toBe("preparing");
  expect(await depot.toldOf(orderId)).toEqual([]);

  const seen: unknown[] = [];
  for (let minute = 0; minute < 8; minute++) {
    await depot.endPauses();
    await depot.turn();
    seen.push((await depot.states()).get(orderId));
    depot.passMinutes(1);
  }
  expect([...new Set(seen)]).toEqual(["dispatched", "in-transit", "out-for-delivery", "delivered"]);
  expect(await depot.toldOf(orderId)).toEqual([DISPATCHED, DELIVERED]);

  const [shipment] = await listShipments(depot.own.database, orderId);
  const [dispatched, delivered] = (await depot.told()).map(({ payload }) => JSON.parse(payload));
  expect(dispatched).toEqual({
    orderId,
    shipmentId: shipment?.id,
    carrier: "Simulated Parcels",
    trackingNumber: shipment?.trackingNumber,
  });
  const tracking = await trackShipment(depot.own.database, shipment?.trackingNumber ?? "");
  expect(delivered.deliveredAt).toBe(tracking.expectedAt);
  expect(tracking.events.at(-1)).toMatchObject({ state: "preparing" });
  expect(tracking.events[0]).toMatchObject({ state: "delivered", at: delivered.deliveredAt });
});

test.each([
  ["LOST-1", "lost", [DISPATCHED, LOST]],
  ["RETURN 1", "lost", [DISPATCHED, LOST]],
  ["DELAYED", "delivered", [DISPATCHED, DELIVERED]],
])("a parcel to %s ends as %s", async (postalCode, state, events) => {
  const orderId = await depot.receive(paidOrder({ postalCode }));
  await depot.finish();
  expect((await depot.states()).get(orderId)).toBe(state);
  expect(await depot.toldOf(orderId)).toEqual(events);
});

test("an order that is told to be paid twice has one shipment", async () => {
  const order = paidOrder();
  await Promise.all([depot.receive(order), depot.receive(order), depot.receive(order)]);
  await depot.finish();
  expect(await depot.toldOf(order.orderId)).toEqual([DISPATCHED, DELIVERED]);
});

test("several replicas with a carrier that fails share the work: each parcel is booked and told of once", async () => {
  let calls = 0;
  const moody =
    <Args extends readonly unknown[], Result>(call: (...args: Args) => Promise<Result>) =>
    async (...args: Args): Promise<Result> => {
      calls += 1;
      const [before, after] = [calls % 5 === 0, calls % 7 === 0];
      if (before) throw new Error("the carrier is away");
      const result = await call(...args);
      if (after) throw new Error("the carrier's answer was lost");
      return result;
    };
  const { name, book, track, cancel } = depot.carrier;
  const carrier: Carrier = { name, book: moody(book), track: moody(track), cancel: moody(cancel) };
  const orders: string[] = [];
  for (let index = 0; index < 60; index++) {
    orders.push(await depot.receive(paidOrder(index % 4 === 0 ? { city: "Lostville" } : {})));
  }
  const isUnfinished = async () =>
    [...(await depot.states()).values()].some((state) => MOVES[state].length > 0);
  for (let round = 0; round < 100 && (await isUnfinished()); round++) {
    await depot.endPauses();
    await Promise.all([1, 2, 3].map(() => depot.turn(depot.context({ carrier }))));
    depot.passMinutes(1);
  }
  for (const [index, orderId] of orders.entries()) {
    expect(await depot.toldOf(orderId)).toEqual([DISPATCHED, index % 4 === 0 ? LOST : DELIVERED]);
  }
  expect((await depot.parcels()).booked.size).toBe(60);
});

test("the database makes the moves that the types allow, and no other", async () => {
  const { database } = depot.own;
  const set = (state: string) => {
    const isOver = ["delivered", "lost", "cancelled"].includes(state);
    const hasNumber = !["preparing", "cancelled"].includes(state);
    return `state = '${state}', ended_at = ${isOver ? "now()" : "NULL"},
      tracking_number = ${hasNumber ? "'TS0000000000'" : "NULL"}`;
  };
  const state = fc.constantFrom(...SHIPMENT_STATES);
  await fc.assert(
    fc.asyncProperty(fc.array(state, { minLength: 1, maxLength: 6 }), async (path) => {
      await depot.empty();
      await depot.receive();
      let current: (typeof SHIPMENT_STATES)[number] = "preparing";
      for (const next of path.filter((candidate, index) => candidate !== path[index - 1])) {
        const allowed: readonly string[] = MOVES[current];
        if (next === current) continue;
        const moved = await database.script(`UPDATE shipments SET ${set(next)}`).then(
          () => true,
          () => false,
        );
        expect(moved, `${current} to ${next}`).toBe(allowed.includes(next));
        if (moved) current = next;
      }
    }),
    { numRuns: 60 },
  );
});

test("what was agreed never changes, and an address is erased only after the end", async () => {
  await depot.receive();
  const change = (what: string) => depot.own.database.script(`UPDATE shipments SET ${what}`);
  for (const what of ["country = 'FR'", "ship_to = NULL", "lines = '[]'", "order_id = gen_random_uuid()"]) {
    await expect(change(what), what).rejects.toThrow(/never changes|violates check/);
  }
  await depot.finish();
  await expect(change("tracking_number = 'TS0000000000'")).rejects.toThrow(/never changes/);
  await expect(change("ended_at = now()")).rejects.toThrow(/never changes/);
});

test("addresses are erased so many days after the end, and not before", async () => {
  const over = await depot.receive();
  const lately = await depot.receive();
  await depot.finish();
  const travelling = await depot.receive();
  await depot.own.database.script(`
    ALTER TABLE shipments DISABLE TRIGGER shipment_moves;
    UPDATE shipments SET ended_at = now() - interval '91 days' WHERE order_id = '${over}';
    UPDATE shipments SET ended_at = now() - interval '89 days' WHERE order_id = '${lately}';
    UPDATE shipments SET created_at = now() - interval '1 year' WHERE order_id = '${travelling}';
    ALTER TABLE shipments ENABLE TRIGGER shipment_moves`);
  await eraseAddresses(depot.own.database, 90);

  const track = async (orderId: string) => {
    const [shipment] = await listShipments(depot.own.database, orderId);
    return trackShipment(depot.own.database, shipment?.trackingNumber ?? "");
  };
  await depot.turn();
  expect((await track(over)).destination).toBe("DE");
  expect((await track(lately)).destination).toBe("Berlin, DE");
  expect((await track(travelling)).destination).toBe("Berlin, DE");
});
