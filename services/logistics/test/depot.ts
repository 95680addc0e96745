import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { statement } from "../../chassis/index.ts";
import { createTestDatabase, silentLog, type TestDatabase } from "../../chassis/test/running.ts";
import { NO_TRACING } from "../../chassis/tracing.ts";
import type { Address } from "../../contracts/address.ts";
import type { EventOf } from "../../contracts/event.ts";
import type { ShipmentState } from "../../contracts/logistics-api.ts";
import type { orderPaid } from "../../contracts/order-events.ts";
import type { Carrier } from "../src/carrier.ts";
import { openShipment } from "../src/open-shipment.ts";
import { type ShippingContext, shipDue } from "../src/ship.ts";
import { ShipmentStore } from "../src/shipment-store.ts";
import { simulatedCarrier } from "../src/simulated-carrier.ts";

export const MIGRATIONS = join(import.meta.dirname, "../migrations");

export const ADDRESS: Address = {
  name: "Ada Lovelace",
  street: "Unter den Linden 1",
  city: "Berlin",
  postalCode: "10117",
  country: "DE",
};

/** An order that was paid for and goes to this place. */
export const paidOrder = (
  to: Partial<Address> = {},
  orderId: string = randomUUID(),
): EventOf<typeof orderPaid> => ({
  orderId,
  paymentId: randomUUID(),
  userId: null,
  customer: { email: "ada@example.com" },
  shipTo: { ...ADDRESS, ...to },
  shipping: "standard",
  total: 4200,
  currency: "EUR",
  lines: [{ sku: "LAMP-OAK", productId: "lamp", name: "Lamp, oak", quantity: 2, unitPrice: 2100 }],
});

interface Told {
  readonly routing_key: string;
  readonly aggregate_id: string;
  readonly payload: string;
}

const TOLD = statement<Told>(
  "test-told",
  "SELECT routing_key, aggregate_id, payload FROM outbox ORDER BY id",
);
const STATES = statement<{ order_id: string; state: ShipmentState }>(
  "test-states",
  "SELECT order_id, state FROM shipments",
);
const PARCELS = statement<{ order_id: string; booked: boolean; cancelled: boolean }>(
  "test-parcels",
  `SELECT order_id, booked_at IS NOT NULL AS booked, cancelled_at IS NOT NULL AS cancelled
   FROM simulated_carrier.parcels JOIN shipments ON id = reference`,
);

/** Shipments in a database of their own, moved on by the test itself, by a clock that the test sets. */
export class Depot {
  readonly own: TestDatabase;
  readonly carrier: Carrier;
  now = new Date();

  private constructor(own: TestDatabase) {
    this.own = own;
    this.carrier = simulatedCarrier(own.database, { stepSeconds: 60, now: () => this.now });
  }

  static async open(): Promise<Depot> {
    return new Depot(await createTestDatabase(MIGRATIONS));
  }

  /** What moves shipments on; everything may be replaced. */
  context(changes: Partial<ShippingContext> = {}): ShippingContext {
    return {
      store: new ShipmentStore(this.own.database),
      carrier: this.carrier,
      tracing: NO_TRACING,
      trackingSeconds: 60,
      carrierTimeout: 5000,
      onEvent() {},
      onEnd() {},
      ...changes,
    };
  }

  /** Opens the shipment of a paid order; answers the order's id. */
  async receive(order: EventOf<typeof orderPaid> = paidOrder(), handlingSeconds = 0): Promise<string> {
    await openShipment(this.own.database, order, { carrier: this.carrier.name, handlingSeconds });
    return order.orderId;
  }

  /** Moves on whatever is due, once. */
  turn(context: ShippingContext = this.context()): Promise<boolean> {
    return shipDue(context, silentLog);
  }

  passMinutes(minutes: number): void {
    this.now = new Date(this.now.getTime() + minutes * 60_000);
  }

  /** Lets leases and pauses be over, as they are after a while. */
  async endPauses(): Promise<void> {
    await this.own.database.script("UPDATE shipments SET due_at = now() WHERE due_at IS NOT NULL");
  }

  /** Dispatches everything and lets it travel to its end. */
  async finish(): Promise<void> {
    for (let round = 0; round < 3; round++) {
      await this.endPauses();
      while (await this.turn());
      this.passMinutes(60);
    }
  }

  /** Events that others are told, the earliest first. */
  told(): Promise<Told[]> {
    return this.own.database.query(TOLD);
  }

  async toldOf(orderId: string): Promise<string[]> {
    const told = await this.told();
    return told.filter((event) => event.aggregate_id === orderId).map((event) => event.routing_key);
  }

  async states(): Promise<ReadonlyMap<string, ShipmentState>> {
    const rows = await this.own.database.query(STATES);
    return new Map(rows.map(({ order_id, state }) => [order_id, state]));
  }

  /** Orders whose parcel the carrier brings, and those whose parcel it knows to be called off. */
  async parcels(): Promise<{
    readonly booked: ReadonlySet<string>;
    readonly cancelled: ReadonlySet<string>;
  }> {
    const rows = await this.own.database.query(PARCELS);
    const ids = (chosen: typeof rows) => new Set(chosen.map(({ order_id }) => order_id));
    return {
      booked: ids(rows.filter(({ booked, cancelled }) => booked && !cancelled)),
      cancelled: ids(rows.filter(({ cancelled }) => cancelled)),
    };
  }

  async empty(): Promise<void> {
    await this.own.database.script("TRUNCATE shipments, shipment_events, outbox, simulated_carrier.parcels");
  }

  drop(): Promise<void> {
    return this.own.drop();
  }
}
