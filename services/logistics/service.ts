import { shipmentDelivered, shipmentDispatched, shipmentLost } from "../contracts/logistics-api.ts";
import { orderPaid } from "../contracts/order-events.ts";
import { defineService } from "../description.ts";

/** Parcels: one for each paid order, followed until it arrives or is lost. */
export const logistics = defineService({
  name: "logistics",
  summary: "Ships what was paid for and follows each parcel until it arrives",
  publishes: [shipmentDispatched, shipmentDelivered, shipmentLost],
  consumes: [orderPaid],
  database: "postgres",
  routes: ["/shipments", "/tracking"],
  scale: { min: 2, max: 6, cpuPercent: 70 },
  resources: { cpu: { request: "25m", limit: "1" }, memory: { request: "96Mi", limit: "256Mi" } },
  objectives: { availability: 99.9, p99: "200ms" },
});
