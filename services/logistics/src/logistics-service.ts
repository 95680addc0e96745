import { integer, migrationsBeside, onEvent, type Service } from "../../chassis/index.ts";
import type { ShipmentState } from "../../contracts/logistics-api.ts";
import { orderPaid } from "../../contracts/order-events.ts";
import { logistics } from "../service.ts";
import { eraseAddresses } from "./erase-addresses.ts";
import { openShipment } from "./open-shipment.ts";
import { registerShipmentRoutes } from "./routes.ts";
import { shipDue } from "./ship.ts";
import { ShipmentStore } from "./shipment-store.ts";
import { simulatedCarrier } from "./simulated-carrier.ts";

const settings = {
  /** A shipment may be cancelled for so long at least after it was paid for, in seconds. */
  HANDLING_SECONDS: integer(0, 604_800, 10),
  /** The carrier is asked for news of a parcel so often, in seconds. */
  TRACKING_SECONDS: integer(1, 86_400, 30),
  /** Time from one stop of a simulated parcel to the next, in seconds; 0 for a journey that is over at once. */
  CARRIER_STEP_SECONDS: integer(0, 604_800, 60),
  /** Each answer of the carrier may take so long, in milliseconds. */
  CARRIER_TIMEOUT_MILLISECONDS: integer(1, 10_000, 5000),
  /** Addresses are erased so many days after their shipment was over. */
  ADDRESS_KEPT_DAYS: integer(0, 3650, 90),
};

/** Looks this often for shipments that are due, in milliseconds. */
const SHIPPING_INTERVAL = 1000;
const HOUR = 3_600_000;

export const logisticsService: Service<typeof settings> = {
  description: logistics,
  settings,
  migrations: migrationsBeside(import.meta.dirname),
  setup({ api, database, settings, metrics, tracing, wakeOutbox, background, consume, log }) {
    const ended = metrics.counter("shipments_total", "Shipments that came to an end, by how", ["state"]);
    const onEnd = (state: ShipmentState) => ended.inc({ state });
    const carrier = simulatedCarrier(database, { stepSeconds: settings.CARRIER_STEP_SECONDS });
    const defaults = { carrier: carrier.name, handlingSeconds: settings.HANDLING_SECONDS };
    registerShipmentRoutes(api, database, { carrier: carrier.name, onEvent: wakeOutbox, onEnd });
    consume(onEvent(orderPaid, (transaction, event) => openShipment(transaction, event, defaults)));

    const shipping = {
      store: new ShipmentStore(database),
      carrier,
      tracing,
      trackingSeconds: settings.TRACKING_SECONDS,
      carrierTimeout: settings.CARRIER_TIMEOUT_MILLISECONDS,
      onEvent: wakeOutbox,
      onEnd,
    };
    background("shipping", SHIPPING_INTERVAL, () => shipDue(shipping, log));
    background("address erasure", HOUR, () => eraseAddresses(database, settings.ADDRESS_KEPT_DAYS));
  },
};
