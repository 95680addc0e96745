import { catalog } from "../catalog/service.ts";
import { defineService } from "../description.ts";

/** What somebody means to buy. Prices are the catalog's, asked for each time. */
export const cart = defineService({
  name: "cart",
  summary: "Shopping carts in Redis, merged at login, priced by the catalog each time they are read",
  calls: [catalog],
  cache: "redis",
  routes: ["/cart"],
  scale: { min: 2, max: 8, cpuPercent: 70 },
  resources: { cpu: { request: "25m", limit: "1" }, memory: { request: "96Mi", limit: "256Mi" } },
  objectives: { availability: 99.9, p99: "150ms" },
});
