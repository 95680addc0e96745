import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import type { Database } from "../../chassis/index.ts";
import { Depot, paidOrder } from "../test/depot.ts";
import { cancelShipment } from "./cancel-shipment.ts";
import type { ShippingContext } from "./ship.ts";
import { ShipmentStore } from "./shipment-store.ts";

let depot: Depot;
beforeAll(async () => {
  depot = await Depot.open();
});
afterEach(() => depot.empty());
afterAll(() => depot.drop());

/** Where a process dies: in its `call`th call to the database or the carrier, before or after that took effect. */
interface PlaceOfDeath {
  /** From 1. */
  readonly call: number;
  readonly when: "before" | "after";
}

/** What moves shipments on and dies at a given place, doing nothing more from then on. */
function mortal({ call: place, when }: PlaceOfDeath): { context: ShippingContext; died: () => boolean } {
  let calls = 0;
  let dead = false;
  const perhaps =
    <Args extends readonly unknown[], Result>(call: (...args: Args) => Promise<Result>) =>
    async (...args: Args): Promise<Result> => {
      if (dead) throw new Error("dead");
      calls += 1;
      const isHere = calls === place;
      dead = isHere && when === "before";
      if (dead) throw new Error("dies before");
      const result = await call(...args);
      dead ||= isHere;
      if (dead) throw new Error("dies after");
      return result;
    };
  const { database } = depot.own;
  const query: Database["query"] = (statement, values) => perhaps(() => database.query(statement, values))();
  const { name, book, track, cancel } = depot.carrier;
  return {
    died: () => dead,
    context: depot.context({
      store: new ShipmentStore({ query }),
      carrier: { name, book: perhaps(book), track: perhaps(track), cancel: perhaps(cancel) },
    }),
  };
}

/** Lets a mortal worker do all the work on one order until it dies; answers whether it did. */
async function workUntilDeath(place: PlaceOfDeath, cancelAfterTurn: number): Promise<boolean> {
  const orderId = await depot.receive(paidOrder());
  const { context, died } = mortal(place);
  for (let turn = 0; turn < 10 && !died(); turn++) {
    await depot.turn(context).catch((error: unknown) => {
      if (!died()) throw error;
    });
    if (turn === cancelAfterTurn)
      await cancelShipment(depot.own.database, orderId, "any").catch(() => undefined);
    await depot.endPauses();
    depot.passMinutes(1);
  }
  return died();
}

test.each(["before", "after"] as const)(
  "killed %s any step, the parcel is sent exactly once",
  async (when) => {
    let place = 1;
    for (; ; place++) {
      const died = await workUntilDeath({ call: place, when }, -1);
      await depot.finish();
      const events = (await depot.told()).map(({ routing_key }) => routing_key);
      expect(events, `death at ${place}`).toEqual(["shipment.dispatched.v1", "shipment.delivered.v1"]);
      expect((await depot.parcels()).booked.size).toBe(1);
      await depot.empty();
      if (!died) break;
    }
    expect(place).toBeGreaterThan(10);
  },
);

test.each(["before", "after"] as const)(
  "killed %s any step while it is cancelled, the parcel is sent or called off, never both",
  async (when) => {
    const ends = new Set<unknown>();
    for (let place = 1; place <= 6; place++) {
      await workUntilDeath({ call: place, when }, 0);
      await depot.finish();
      const [state] = (await depot.states()).values();
      const { booked } = await depot.parcels();
      const isCancelled = state === "cancelled";
      expect(state, `death at ${place}`).toBe(isCancelled ? "cancelled" : "delivered");
      expect(booked.size).toBe(isCancelled ? 0 : 1);
      expect(await depot.told()).toHaveLength(isCancelled ? 0 : 2);
      ends.add(state);
      await depot.empty();
    }
    expect(ends).toEqual(new Set(["cancelled", "delivered"]));
  },
);
