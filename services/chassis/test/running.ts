import { randomBytes } from "node:crypto";
import { Redis } from "ioredis";
import pg from "pg";
import { type Database, openDatabase } from "../database.ts";
import { createLogger } from "../log.ts";
import { createMetrics } from "../metrics.ts";
import { migrate, readMigrations } from "../migrations.ts";
import { type RunningService, type Service, startService } from "../service.ts";
import type { SettingsSpec } from "../settings.ts";

/** Says nothing: what a test provokes is no news. */
export const silentLog = createLogger("silent", { name: "test", version: "0", pod: "test" });

/** Address of a real server for tests: the test run's set-up starts it and sets the variable. */
export function testServer(variable: "TEST_POSTGRES_URL" | "TEST_REDIS_URL" | "TEST_BROKER_URL"): string {
  const url = process.env[variable];
  if (url === undefined) {
    throw new Error(`${variable} is not set; run the integration tests by "npm run test:integration"`);
  }
  return url;
}

/** A database of its own for one test file. */
export interface TestDatabase {
  readonly url: string;
  readonly database: Database;
  /** Removes it, with whoever is still connected. */
  drop(): Promise<void>;
}

/**
 * Makes an empty database on the test server.
 *
 * @param migrations Folder of the migrations to apply, if any.
 * @param seed What fills it after that.
 */
export async function createTestDatabase(migrations?: string, seed?: Service["seed"]): Promise<TestDatabase> {
  const server = testServer("TEST_POSTGRES_URL");
  const name = `test_${randomBytes(8).toString("hex")}`;
  await administer(server, `CREATE DATABASE ${name}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  const options = { url: url.href, applicationName: "test", connections: 20 };
  const database = openDatabase(options, silentLog, createMetrics());
  if (migrations !== undefined) await migrate(database, readMigrations(migrations));
  await seed?.(database, { SEED_DEMO: "true" });
  return {
    url: url.href,
    database,
    async drop() {
      await database.close();
      await administer(server, `DROP DATABASE ${name} WITH (FORCE)`);
    },
  };
}

/** Databases that a Redis server has unless it is told otherwise. */
const REDIS_DATABASES = 16;

/**
 * Empties a Redis database that no other test file uses at the same time.
 *
 * @returns Its URL.
 */
export async function emptyTestRedis(): Promise<string> {
  const url = new URL(testServer("TEST_REDIS_URL"));
  url.pathname = `/${Number(process.env.VITEST_POOL_ID ?? 0) % REDIS_DATABASES}`;
  const redis = new Redis(url.href);
  try {
    await redis.flushdb();
  } finally {
    redis.disconnect();
  }
  return url.href;
}

async function administer(server: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: server });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

/** Starts a service on free loopback ports. */
export const startTestService = <Spec extends SettingsSpec>(
  service: Service<Spec>,
  environment: NodeJS.ProcessEnv,
): Promise<RunningService> =>
  startService(service, { environment, log: silentLog, apiPort: 0, adminPort: 0, host: "127.0.0.1" });
