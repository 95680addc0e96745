import { catalog } from "../catalog/service.ts";
import { shipmentDelivered, shipmentDispatched, shipmentLost } from "../contracts/logistics-api.ts";
import { orderCancelled, orderPaid, orderRefunded } from "../contracts/order-events.ts";
import { paymentSettled } from "../contracts/payment-events.ts";
import { defineService } from "../description.ts";
import { logistics } from "../logistics/service.ts";
import { payment } from "../payment/service.ts";

/** Takes an order and sees it through: stock reserved, paid exactly once, sent, and given back where it must be. */
export const order = defineService({
  name: "order",
  summary: "Takes orders: reserves stock, takes payment, stores, publishes order.paid; cancels and refunds",
  calls: [catalog, payment, logistics],
  publishes: [orderPaid, orderCancelled, orderRefunded],
  consumes: [shipmentDispatched, shipmentDelivered, shipmentLost, paymentSettled],
  database: "postgres",
  secrets: ["ORDER_TOKEN_KEY"],
  routes: ["/orders"],
  scale: { min: 2, max: 12, cpuPercent: 70, requestsInFlight: 20 },
  resources: { cpu: { request: "50m", limit: "1" }, memory: { request: "96Mi", limit: "256Mi" } },
  objectives: { availability: 99.9, p99: "250ms" },
});
