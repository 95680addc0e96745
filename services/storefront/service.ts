import { defineService } from "../description.ts";

/** The shop as people see it. It serves files; the page itself calls the public API. */
export const storefront = defineService({
  name: "storefront",
  summary: "The web shop: browse, search, buy, follow a parcel",
  public: "/",
  scale: { min: 2, max: 6, cpuPercent: 70 },
  resources: { cpu: { request: "25m", limit: "500m" }, memory: { request: "64Mi", limit: "192Mi" } },
  objectives: { availability: 99.9, p99: "100ms" },
});
