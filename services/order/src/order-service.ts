import { catalog } from "../../catalog/service.ts";
import { integer, migrationsBeside, type Service, text } from "../../chassis/index.ts";
import { logistics } from "../../logistics/service.ts";
import { payment } from "../../payment/service.ts";
import { order } from "../service.ts";
import { afterSale } from "./after-sale.ts";
import { registerAfterSaleRoutes } from "./after-sale-routes.ts";
import { orderTokens } from "./buyer.ts";
import { erasePeople } from "./erase-people.ts";
import { eventHandlers } from "./event-handlers.ts";
import { OrderStore } from "./order-store.ts";
import { watchOrders } from "./order-watch.ts";
import { recoverOrders, recoverRefunds } from "./recovery.ts";
import { registerReturnRoutes } from "./return-routes.ts";
import { registerOrderRoutes } from "./routes.ts";

const settings = {
  /** How long stock is held for an order, in seconds; one that is not paid by then is rejected. */
  RESERVATION_SECONDS: integer(1, 3600, 120),
  /** Mail and postal addresses are erased so many days after their order came to an end. */
  ADDRESS_KEPT_DAYS: integer(30, 4000, 365),
  /** Secret that the tokens of guests' orders are made from. */
  ORDER_TOKEN_KEY: text(),
};

/** Looks this often for orders and refunds that nobody is working on, in milliseconds. */
const RECOVERY_INTERVAL = 1000;
const HOUR = 3_600_000;

export const orderService: Service<typeof settings> = {
  description: order,
  settings,
  migrations: migrationsBeside(import.meta.dirname),
  setup({ api, database, client, settings, wakeOutbox, background, consume, metrics, log }) {
    const decided = metrics.counter("orders_total", "Orders that came to an end, by how", ["state"]);
    const afterwards = metrics.counter(
      "order_changes_total",
      "Refunds and cancellations that came to an end",
      ["what", "end"],
    );
    const services = { catalog: client(catalog), payment: client(payment) };
    const saga = {
      ...services,
      store: new OrderStore(database),
      holdSeconds: settings.RESERVATION_SECONDS,
      onEvent: wakeOutbox,
      onFinished: (state: "paid" | "rejected") => decided.inc({ state }),
    };
    const context = afterSale({
      ...services,
      logistics: client(logistics),
      database,
      log,
      onEvent: wakeOutbox,
      onFinished: (what, end) => afterwards.inc({ what, end }),
    });
    const tokens = orderTokens(settings.ORDER_TOKEN_KEY);
    const { refunds, returns } = context;
    registerOrderRoutes(api, { database, saga, catalog: services.catalog, refunds, returns, tokens });
    registerAfterSaleRoutes(api, context);
    registerReturnRoutes(api, context);
    watchOrders({ database, metrics });
    consume(...eventHandlers);
    background("order recovery", RECOVERY_INTERVAL, () => recoverOrders(saga, context, log));
    background("erasure", HOUR, () => erasePeople(database, settings.ADDRESS_KEPT_DAYS));
    background("refund recovery", RECOVERY_INTERVAL, () => recoverRefunds(context, log));
  },
};
