import { paymentSettled } from "../contracts/payment-events.ts";
import { defineService } from "../description.ts";

/** Money: authorise, capture, void and refund, each exactly once, on a double-entry ledger. */
export const payment = defineService({
  name: "payment",
  summary: "Authorises, captures, voids and refunds payments on a double-entry ledger",
  publishes: [paymentSettled],
  database: "postgres",
  routes: ["/webhooks"],
  secrets: ["PROVIDER_WEBHOOK_SECRET"],
  productionSettings: ["PAYMENT_PROVIDER"],
  scale: { min: 2, max: 8, cpuPercent: 70, requestsInFlight: 20 },
  resources: { cpu: { request: "50m", limit: "1" }, memory: { request: "96Mi", limit: "256Mi" } },
  objectives: { availability: 99.95, p99: "200ms" },
});
