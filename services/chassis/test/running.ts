import { randomBytes } from "node:crypto";
import { Redis } from "ioredis";
import pg from "pg";
import { Connection } from "rabbitmq-client";
import type { ServiceDescription } from "../../description.ts";
import { services } from "../../index.ts";
import { type Database, openDatabase } from "../database.ts";
import { createLogger } from "../log.ts";
import { createMetrics } from "../metrics.ts";
import { migrate, readMigrations } from "../migrations.ts";
import { type RunningService, type Service, startService } from "../service.ts";
import type { SettingsSpec } from "../settings.ts";
import { topologyOf } from "../topology.ts";

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
      await removeQueues(url.href);
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

/** Names of the consuming services that were started, by the database that they use. */
const consumers = new Map<string, Set<string>>();

/**
 * What a consuming service is called on the test broker, which all test files share: a service of the platform has
 * queues of its own for each database, so that no other test's replica gets its events; any other has a name of its own
 * already. The queues go with the database.
 */
export function testName(
  { name, consumes }: ServiceDescription,
  { DATABASE_URL }: NodeJS.ProcessEnv,
): string {
  if (consumes.length === 0 || DATABASE_URL === undefined) return name;
  const database = new URL(DATABASE_URL).pathname;
  const isShared = services.some((service) => service.name === name);
  const ownName = isShared ? `${name}-${database.slice(-8)}` : name;
  consumers.set(database, (consumers.get(database) ?? new Set()).add(ownName));
  return ownName;
}

async function removeQueues(databaseUrl: string): Promise<void> {
  const names = consumers.get(new URL(databaseUrl).pathname);
  if (names === undefined) return;
  const broker = new Connection(testServer("TEST_BROKER_URL"));
  try {
    for (const { events, deadLetters, redriven } of [...names].map(topologyOf)) {
      for (const queue of [events, deadLetters]) await broker.queueDelete({ queue });
      await broker.exchangeDelete({ exchange: redriven });
    }
  } finally {
    await broker.close();
  }
}

/** Starts a service on free loopback ports; its queues are its database's own. */
export function startTestService<Spec extends SettingsSpec>(
  service: Service<Spec>,
  environment: NodeJS.ProcessEnv,
): Promise<RunningService> {
  const name = testName(service.description, environment);
  const description = { ...service.description, name };
  const options = { environment, log: silentLog, apiPort: 0, adminPort: 0, host: "127.0.0.1" };
  return startService({ ...service, description }, options);
}
