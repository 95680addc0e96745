import { orderPaid } from "../contracts/order-events.ts";
import { productRated } from "../contracts/review-api.ts";
import { defineService } from "../description.ts";

/** What buyers think: apart from the catalog, so that a shop without reviews is still a shop. */
export const review = defineService({
  name: "review",
  summary: "Reviews by buyers, and the ratings that they add up to",
  publishes: [productRated],
  consumes: [orderPaid],
  database: "postgres",
  demoData: true,
  routes: ["/reviews"],
  scale: { min: 2, max: 6, cpuPercent: 70 },
  resources: { cpu: { request: "25m", limit: "1" }, memory: { request: "96Mi", limit: "256Mi" } },
  objectives: { availability: 99.5, p99: "200ms" },
});
