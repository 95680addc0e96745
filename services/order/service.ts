import { catalog } from "../catalog/service.ts";
import { orderPaid } from "../contracts/order-events.ts";
import { defineService } from "../description.ts";
import { payment } from "../payment/service.ts";

/** Takes an order and sees it through: stock reserved, paid exactly once, told to whoever ships it. */
export const order = defineService({
  name: "order",
  summary: "Takes orders: reserves stock, takes payment, stores, and publishes order.paid",
  calls: [catalog, payment],
  publishes: [orderPaid],
  database: "postgres",
  routes: ["/orders"],
  scale: { min: 2, max: 12, cpuPercent: 70 },
  resources: { cpu: { request: "50m", limit: "1" }, memory: { request: "96Mi", limit: "256Mi" } },
  objectives: { availability: 99.9, p99: "250ms" },
});
