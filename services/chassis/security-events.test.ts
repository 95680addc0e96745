import { expect, test } from "vitest";
import { createApi } from "./api.ts";
import { requirePermission } from "./caller.ts";
import { createLogger } from "./log.ts";
import { createMetrics } from "./metrics.ts";
import { Problem } from "./problem.ts";
import { securityEvents } from "./security-events.ts";

/** A logger with metrics, and what was told. */
function watching() {
  const written: string[] = [];
  const metrics = createMetrics();
  const service = { name: "order", version: "1", pod: "order-1" };
  const log = createLogger("info", service, { write: (line) => void written.push(line) });
  return {
    log,
    metrics,
    lines: () => written.map((line) => JSON.parse(line)),
    counted: async () => await metrics.registry.getSingleMetricAsString("security_events_total"),
  };
}

test("an event is a line and is counted, and events are counted before the first happens", async () => {
  const { log, metrics, lines, counted } = watching();
  const tell = securityEvents(log, metrics, ["login", "login-failed"]);
  expect(await counted()).toContain('security_events_total{event="login-failed"} 0');
  tell("login-failed", { accountId: "a", address: "192.0.2.1" });
  expect(await counted()).toContain('security_events_total{event="login-failed"} 1');
  expect(lines()).toMatchObject([
    { level: "info", security: "login-failed", accountId: "a", address: "192.0.2.1" },
  ]);
});

test("a flood of refusals is counted whole and written in part, which says how much is missing", async () => {
  const { log, metrics, lines, counted } = watching();
  let time = 0;
  const tell = securityEvents(log, metrics, [], () => time);
  for (let count = 0; count < 1000; count++) tell("rate-limited");
  for (let count = 0; count < 20; count++) tell("login-failed");
  time = 1000;
  tell("rate-limited");
  expect(await counted()).toContain('security_events_total{event="rate-limited"} 1001');
  const limited = lines().filter(({ security }) => security === "rate-limited");
  expect(limited).toHaveLength(11);
  expect(limited.at(-1)).toMatchObject({ omitted: 990 });
  expect(lines().filter(({ security }) => security === "login-failed")).toHaveLength(20);
});

test("what a service refuses is told by itself, with who, from where and why", async () => {
  const { log, metrics, lines, counted } = watching();
  const api = createApi(log, metrics);
  api.get("/stock/:id", async (request) => requirePermission(request, "stock:write"));
  api.get("/gone", async () => {
    throw new Problem({ status: 404, slug: "gone", title: "Gone" });
  });
  const id = "0b6f1e0a-93ad-4d7f-a61b-3b2f0f6d6c11";
  const headers = {
    "x-caller-id": id,
    "x-caller-roles": "customer",
    "x-request-id": "request-1",
    "x-forwarded-for": "192.0.2.7",
  };
  await api.inject({ method: "GET", url: "/stock/7?q=ann", headers });
  await api.inject({ method: "GET", url: "/gone" });
  await api.close();
  expect(lines()).toEqual([
    expect.objectContaining({
      security: "permission-refused",
      accountId: id,
      address: "192.0.2.7",
      requestId: "request-1",
      method: "GET",
      url: "/stock/7",
      reason: "This needs the permission stock:write, which your roles do not give",
    }),
  ]);
  expect(await counted()).toContain('security_events_total{event="permission-refused"} 1');
});
