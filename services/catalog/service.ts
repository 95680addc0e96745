import { productRated } from "../contracts/review-api.ts";
import { defineService } from "../description.ts";

/** Goods and their stock: what there is to buy, at which price, and how much of it is left. */
export const catalog = defineService({
  name: "catalog",
  summary: "Products with variants, search and pictures; stock, with reservations that expire",
  database: "postgres",
  cache: "redis",
  routes: ["/products", "/categories", "/variants", "/pictures", "/stock"],
  consumes: [productRated],
  demoData: true,
  scale: { min: 2, max: 8, cpuPercent: 70 },
  resources: { cpu: { request: "50m", limit: "1" }, memory: { request: "96Mi", limit: "256Mi" } },
  objectives: { availability: 99.9, p99: "150ms" },
});
