import { catalog } from "../../catalog/service.ts";
import { integer, migrationsBeside, type Service } from "../../chassis/index.ts";
import type { OrderState } from "../../contracts/order-api.ts";
import { payment } from "../../payment/service.ts";
import { order } from "../service.ts";
import { OrderStore } from "./order-store.ts";
import { recoverOrders } from "./place-order.ts";
import { registerOrderRoutes } from "./routes.ts";

const settings = {
  /** How long stock is held for an order, in seconds; one that is not paid by then is rejected. */
  RESERVATION_SECONDS: integer(1, 3600, 120),
};

/** Looks this often for orders that nobody is working on, in milliseconds. */
const RECOVERY_INTERVAL = 1000;

export const orderService: Service<typeof settings> = {
  description: order,
  settings,
  migrations: migrationsBeside(import.meta.dirname),
  setup({ api, database, client, settings, wakeOutbox, background, metrics, log }) {
    const finished = metrics.counter("orders_total", "Orders that came to an end, by how", ["state"]);
    const saga = {
      store: new OrderStore(database),
      catalog: client(catalog),
      payment: client(payment),
      holdSeconds: settings.RESERVATION_SECONDS,
      onEvent: wakeOutbox,
      onFinished: (state: OrderState) => finished.inc({ state }),
    };
    registerOrderRoutes(api, database, saga);
    background("order recovery", RECOVERY_INTERVAL, () => recoverOrders(saga, log));
  },
};
