import { account } from "../account/service.ts";
import { cart } from "../cart/service.ts";
import { catalog } from "../catalog/service.ts";
import { defineService } from "../description.ts";
import { logistics } from "../logistics/service.ts";
import { order } from "../order/service.ts";
import { payment } from "../payment/service.ts";
import { review } from "../review/service.ts";

/** The one door: every public request comes through here. */
export const gateway = defineService({
  name: "gateway",
  summary: "The public API: routes requests to the services, limits rates, answers problems uniformly",
  calls: [catalog, review, cart, order, account, logistics, payment],
  cache: "redis",
  public: "/api",
  scale: { min: 2, max: 10, cpuPercent: 70, requestsInFlight: 50 },
  resources: { cpu: { request: "50m", limit: "1" }, memory: { request: "96Mi", limit: "256Mi" } },
  objectives: { availability: 99.9, p99: "300ms" },
});
