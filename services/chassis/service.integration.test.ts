import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Pool, request } from "undici";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { defineService } from "../description.ts";
import { statement } from "./database.ts";
import type { RunningService, Service } from "./service.ts";
import { type Interruptible, interruptible } from "./test/interruptible.ts";
import { createTestDatabase, startTestService, type TestDatabase } from "./test/running.ts";

const description = defineService({
  name: "sleeper",
  summary: "Sleeps",
  database: "postgres",
  scale: { min: 1, max: 1, cpuPercent: 50 },
  resources: { cpu: { request: "1m", limit: "1" }, memory: { request: "1Mi", limit: "1Mi" } },
  objectives: { availability: 99, p99: "1s" },
});
const NOW = statement<{ one: number }>("test-one", "SELECT 1 AS one");

const migrations = mkdtempSync(join(tmpdir(), "migrations-"));
let own: TestDatabase;
let way: Interruptible;
let service: RunningService | undefined;
/** Resolves when a request to `/slow` has come in; it is answered when `finish` is called. */
let arrived = Promise.withResolvers<void>();
let finish = Promise.withResolvers<void>();

const sleeper: Service = {
  description,
  settings: {},
  migrations,
  setup({ api, database }) {
    api.get("/slow", async () => {
      arrived.resolve();
      await finish.promise;
      return { slept: true };
    });
    api.get("/rows", () => database.query(NOW));
  },
};

beforeAll(async () => {
  own = await createTestDatabase(migrations);
  way = await interruptible(own.url);
});
afterEach(async () => {
  finish.resolve();
  await service?.stop();
  service = undefined;
  arrived = Promise.withResolvers();
  finish = Promise.withResolvers();
});
afterAll(async () => {
  await way?.cut();
  await own?.drop();
  rmSync(migrations, { recursive: true });
});

const start = async (): Promise<RunningService> => {
  service = await startTestService(sleeper, { DATABASE_URL: way.url });
  return service;
};

const status = async (url: string): Promise<number> => {
  const answer = await request(url);
  await answer.body.dump();
  return answer.statusCode;
};

test("a service that is asked to stop finishes its requests, takes no new ones, and closes idle connections", async () => {
  const { apiUrl, adminUrl, stop } = await start();
  expect(await status(`${adminUrl}/readyz`)).toBe(200);
  // One connection that stays open between requests, and one with a request under way.
  const pool = new Pool(apiUrl, { connections: 2, keepAliveTimeout: 60_000 });
  const [idle, slow] = [
    pool.request({ method: "GET", path: "/rows" }),
    pool.request({ method: "GET", path: "/slow" }),
  ];
  expect(await (await idle).body.json()).toEqual([{ one: 1 }]);
  await arrived.promise;

  const stopped = stop();
  await expect.poll(() => status(`${adminUrl}/readyz`)).toBe(503);
  expect(await status(`${adminUrl}/livez`)).toBe(200);
  await expect.poll(() => status(`${apiUrl}/rows`).catch((error) => error.code)).toBe("ECONNREFUSED");

  finish.resolve();
  expect(await (await slow).body.json()).toEqual({ slept: true });
  await stopped;
  await pool.close();
});

test("while the database is away requests are answered 503 with Retry-After, and work again when it is back", async () => {
  const { apiUrl, adminUrl } = await start();
  expect(await status(`${apiUrl}/rows`)).toBe(200);
  await way.cut();
  const answer = await request(`${apiUrl}/rows`);
  expect(answer.statusCode).toBe(503);
  expect(answer.headers["retry-after"]).toBe("1");
  expect(await answer.body.json()).toMatchObject({ type: "urn:tradestack:problem:unavailable" });
  expect(await status(`${adminUrl}/readyz`)).toBe(200);
  await way.restore();
  await expect.poll(() => status(`${apiUrl}/rows`)).toBe(200);
});

test("a service whose database is away waits for it", async () => {
  await way.cut();
  const starting = start();
  await way.restore();
  expect(await status(`${(await starting).apiUrl}/rows`)).toBe(200);
});

test("metrics tell how long requests took, by route and status", async () => {
  const { apiUrl, adminUrl } = await start();
  await status(`${apiUrl}/rows`);
  const metrics = await (await request(`${adminUrl}/metrics`)).body.text();
  expect(metrics).toContain(
    'http_server_request_duration_seconds_count{method="GET",route="/rows",status="200"} 1',
  );
  expect(metrics).toMatch(/^process_cpu_seconds_total /m);
});
