import { defineService } from "../../services/description.ts";

/**
 * Draws the dashboards where Grafana cannot be had. It is built and run as the services are, and is none of them: it
 * belongs to what watches.
 */
export const viewer = defineService({
  name: "viewer",
  summary: "Dashboards to look at, from Prometheus",
  public: "/",
  scale: { min: 1, max: 1, cpuPercent: 70 },
  resources: { cpu: { request: "10m", limit: "500m" }, memory: { request: "64Mi", limit: "160Mi" } },
  objectives: { availability: 99, p99: "1s" },
});
