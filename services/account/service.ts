import { defineService } from "../description.ts";

/** Who people are and what they may do. */
export const account = defineService({
  name: "account",
  summary: "Registration, login, sessions, roles, and the keys that access tokens are verified with",
  database: "postgres",
  cache: "redis",
  secrets: ["KEY_ENCRYPTION_KEY", "ADMIN_PASSWORD"],
  productionSettings: ["MAIL_URL"],
  routes: ["/accounts", "/sessions", "/password-resets", "/email-verifications", "/.well-known"],
  demoData: true,
  scale: { min: 2, max: 6, cpuPercent: 70 },
  // Hashing a password takes memory on purpose.
  resources: { cpu: { request: "50m", limit: "1" }, memory: { request: "128Mi", limit: "384Mi" } },
  objectives: { availability: 99.9, p99: "1s" },
});
