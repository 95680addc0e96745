import fc from "fast-check";
import { Pool } from "undici";
import { afterAll, beforeAll, expect, test } from "vitest";
import { statement } from "../../chassis/index.ts";
import type { RunningService } from "../../chassis/service.ts";
import { startTestService, testServer } from "../../chassis/test/running.ts";
import { CALLER_HEADERS, ROLES } from "../../contracts/identity.ts";
import { Depot } from "../test/depot.ts";
import { logisticsService } from "./logistics-service.ts";

let depot: Depot;
let service: RunningService;
let pool: Pool;

beforeAll(async () => {
  depot = await Depot.open();
  await depot.receive();
  await depot.finish();
  service = await startTestService(logisticsService, {
    DATABASE_URL: depot.own.url,
    BROKER_URL: testServer("TEST_BROKER_URL"),
  });
  pool = new Pool(service.apiUrl, { connections: 8 });
});
afterAll(async () => {
  await pool?.close();
  await service?.stop();
  await depot?.drop();
});

const odd = fc.oneof(
  fc.string({ unit: "binary", maxLength: 12 }),
  fc.constantFrom("\u0000", "'; DROP TABLE shipments; --", "../..", "%", "\ud800", "NaN", "-1", "1e400"),
  fc.stringMatching(/^[A-Z0-9]{10,40}$/),
  fc.integer().map(String),
);
const part = odd.map((text) => encodeURIComponent(text.toWellFormed()));
/** Ids that are well-formed name nothing that is there. */
const id = fc.oneof(fc.uuid(), part);
const route = fc.oneof(
  part.map((text) => ["GET", `/tracking/${text}`] as const),
  id.map((text) => ["GET", `/shipments/${text}`] as const),
  id.map((text) => ["GET", `/shipments?order=${text}`] as const),
  fc.tuple(part, part).map(([key, value]) => ["GET", `/shipments?${key}=${value}`] as const),
  id.map((text) => ["POST", `/shipments/${text}/loss`] as const),
  // A well-formed one is no bad request: it bars the order.
  part.map((text) => ["PUT", `/cancellations/${text}`] as const),
  part.map((text) => ["PATCH", `/${text}`] as const),
  part.map((text) => ["DELETE", `/shipments/${text}`] as const),
);
const headers = fc.record(
  {
    "idempotency-key": fc.oneof(fc.stringMatching(/^[!-~]{0,20}$/), fc.constant("x".repeat(200))),
    [CALLER_HEADERS.id]: fc.oneof(fc.uuid(), fc.stringMatching(/^[!-~]{0,20}$/)),
    [CALLER_HEADERS.roles]: fc.oneof(fc.constantFrom(...ROLES), fc.stringMatching(/^[!-~]{0,20}$/)),
    "content-type": fc.constantFrom("application/json", "text/plain", "bad type"),
    "x-request-id": fc.stringMatching(/^[!-~]{0,20}$/),
  },
  { requiredKeys: [] },
);
const body = fc.oneof(
  fc.constantFrom(null, "", "{", "{}", "null", '{"__proto__":{}}', "[".repeat(30_000)),
  fc.json(),
  fc.string({ unit: "binary" }),
);

const WRITTEN = statement<Record<string, number>>(
  "test-written",
  `SELECT (SELECT count(*) FROM shipments) AS shipments, (SELECT count(*) FROM shipment_events) AS events,
     (SELECT count(*) FROM idempotency_keys) AS keys, (SELECT count(*) FROM simulated_carrier.parcels) AS parcels`,
);

test("10,000 bad requests: no server error, and nothing is written", async () => {
  const before = await depot.own.database.query(WRITTEN);
  const requests = fc.sample(fc.record({ route, headers, body }), { numRuns: 10_000, seed: 11 });
  const failures: unknown[] = [];
  const statuses = new Map<number, number>();
  const send = async (from: number): Promise<void> => {
    for (let index = from; index < requests.length; index += 8) {
      const sent = requests[index];
      if (sent === undefined) continue;
      const [method, path] = sent.route;
      const answer = await pool.request({
        method,
        path,
        headers: sent.headers,
        body: method === "GET" ? null : sent.body,
      });
      const said = await answer.body.text();
      statuses.set(answer.statusCode, (statuses.get(answer.statusCode) ?? 0) + 1);
      if (answer.statusCode >= 500) failures.push({ ...sent, said });
    }
  };
  await Promise.all(Array.from({ length: 8 }, (_, index) => send(index)));
  expect(failures).toEqual([]);
  for (const status of [400, 401, 403, 404])
    expect(statuses.get(status) ?? 0, `${status}`).toBeGreaterThan(100);
  expect(await depot.own.database.query(WRITTEN)).toEqual(before);
});
