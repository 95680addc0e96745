import type { FastifyRequest } from "fastify";
import { ADMIN_PORT, API_PORT, type ServiceDescription } from "../description.ts";
import { createAdmin, type Phase } from "./admin.ts";
import { type Api, createApi } from "./api.ts";
import type { Requester } from "./caller.ts";
import type { Command } from "./commands.ts";
import type { Database } from "./database.ts";
import { waitForDatabase } from "./database-wait.ts";
import { type EventHandler, eventHandlers } from "./event-handler.ts";
import { forgetOldKeys } from "./idempotency.ts";
import { forgetOldMessages, receiver } from "./inbox.ts";
import { startInbox } from "./inbox-worker.ts";
import type { Logger } from "./log.ts";
import { createMetrics, type Metrics } from "./metrics.ts";
import { readMigrations, requireMigrated } from "./migrations.ts";
import { serveOpenApi } from "./openapi-route.ts";
import { startOutboxRelay } from "./outbox.ts";
import { openResources, type Resources } from "./resources.ts";
import { integer, readSettings, type SettingsOf, type SettingsSpec } from "./settings.ts";
import { openTracing, type Tracing } from "./tracing.ts";
import { startWorker, type Worker } from "./worker.ts";

/** What a service's own code gets to work with. */
export interface ServiceContext<Spec extends SettingsSpec = SettingsSpec> extends Resources {
  readonly api: Api;
  readonly settings: SettingsOf<Spec>;
  readonly metrics: Metrics;
  readonly log: Logger;
  /** For work that goes on with what was asked for earlier; requests and events have their spans already. */
  readonly tracing: Tracing;
  /** Publishes at once what was just stored in the outbox. */
  wakeOutbox(): void;
  /** Runs `turn` in the background while the service runs; see {@link startWorker}. */
  background(name: string, intervalMilliseconds: number, turn: () => Promise<boolean>): Worker;
  /** Handles events from the service's queue, each exactly once. */
  consume(...handlers: readonly EventHandler[]): void;
}

/** A service: its description and the code that fills it with life. */
export interface Service<Spec extends SettingsSpec = SettingsSpec> {
  readonly description: ServiceDescription;
  /** Environment variables of its own, beside those that the description implies. */
  readonly settings: Spec;
  /** Folder of its migrations; undefined for a service without database. */
  readonly migrations: string | undefined;
  /** Fills the database after it was migrated, each time that `migrate` runs; it must be safe to repeat. */
  readonly seed?: (database: Database, environment: NodeJS.ProcessEnv) => Promise<void>;
  /** What can be done with it beside `serve` and `migrate`, by the word that follows the program's name. */
  readonly commands?: Readonly<Record<string, Command<Spec>>>;
  /** Who sends a request, for the log. Default: what the gateway says. */
  readonly requester?: (request: FastifyRequest) => Requester;
  /** Registers routes, background work and event handlers, before the service starts to listen. */
  readonly setup: (context: ServiceContext<Spec>) => void | Promise<void>;
}

/** How a service is started; the defaults are what a pod needs. */
export interface StartOptions {
  readonly environment: NodeJS.ProcessEnv;
  readonly log: Logger;
  /** Port of the API, 0 for any free one. Default: 8080. */
  readonly apiPort?: number;
  /** Port of health and metrics, 0 for any free one. Default: 9090. */
  readonly adminPort?: number;
  /** Address to listen on. Default: all of the pod's. */
  readonly host?: string;
}

/** A service that takes requests. */
export interface RunningService {
  /** Such as `http://127.0.0.1:8080`. */
  readonly apiUrl: string;
  readonly adminUrl: string;
  /** Ends it without losing a request: finishes what is under way, then lets go of its resources. Repeatable. */
  stop(): Promise<void>;
}

const HOUR = 3_600_000;

/** How often an event is tried before it is a dead letter, and the first pause; each further one is twice as long. */
const RETRY = {
  EVENT_ATTEMPTS: integer(1, 100, 10),
  EVENT_RETRY_MILLISECONDS: integer(1, 300_000, 500),
};

/**
 * Starts a service and resolves when it takes requests. It waits for its database; a broker or cache that is away
 * does not keep it from starting.
 *
 * @throws {SettingsError} when a variable is missing or wrong, {@link MigrationError} when the database is not
 * migrated.
 */
export async function startService<Spec extends SettingsSpec>(
  service: Service<Spec>,
  { environment, log, apiPort = API_PORT, adminPort = ADMIN_PORT, host = "0.0.0.0" }: StartOptions,
): Promise<RunningService> {
  const { description } = service;
  const settings = readSettings(service.settings, environment);
  const metrics = createMetrics(description.objectives);
  const tracing = await openTracing(description, environment, log, metrics);
  const resources = openResources(description, environment, log, metrics);
  const workers: Worker[] = [];
  const consumers: { close(): Promise<void> }[] = [];
  const handlers: EventHandler[] = [];
  let phase: Phase = "starting";

  const api = createApi(log, metrics, service.requester, tracing);
  const admin = createAdmin(() => phase, metrics);
  const adminUrl = await admin.listen({ port: adminPort, host });

  const closeResources = async () => {
    await Promise.all(consumers.map((consumer) => consumer.close()));
    await Promise.all(workers.map((worker) => worker.stop()));
    await tracing.close();
    await resources.close();
    await admin.close();
  };
  const background: ServiceContext["background"] = (name, interval, turn) => {
    const worker = startWorker(name, interval, turn, log);
    workers.push(worker);
    return worker;
  };
  try {
    if (service.migrations !== undefined) {
      const migrations = readMigrations(service.migrations);
      await waitForDatabase(() => requireMigrated(resources.database, migrations), log);
      background("housekeeping", HOUR, async () => {
        const moreKeys = await forgetOldKeys(resources.database);
        const moreMessages = await forgetOldMessages(resources.database);
        return moreKeys || moreMessages;
      });
    }
    const relay =
      description.publishes.length > 0
        ? startOutboxRelay(resources.database, resources.broker, metrics, log, tracing)
        : undefined;
    if (relay) workers.push(relay);

    // What faces the public is no API to be joined with others.
    if (description.public === undefined) serveOpenApi(api, description);
    await service.setup({
      api,
      settings,
      metrics,
      log,
      tracing,
      get database() {
        return resources.database;
      },
      get redis() {
        return resources.redis;
      },
      get broker() {
        return resources.broker;
      },
      client: resources.client,
      urlOf: resources.urlOf,
      wakeOutbox: () => relay?.wake(),
      background,
      consume: (...given) => void handlers.push(...given),
    });
    if (handlers.length > 0) {
      const { EVENT_ATTEMPTS: attempts, EVENT_RETRY_MILLISECONDS: pause } = readSettings(RETRY, environment);
      const { database, broker } = resources;
      const handling = eventHandlers(handlers, metrics, tracing);
      const inbox = startInbox(database, broker, handling, { attempts, pause }, metrics, log);
      workers.push(inbox);
      const receive = receiver(database, broker, handling, inbox.wake, log);
      consumers.push(broker.consume(handling.keys, receive));
    }
    const apiUrl = await api.listen({ port: apiPort, host });
    phase = "serving";
    log.info({ apiUrl, adminUrl }, "serving");
    const stop = async () => {
      phase = "draining";
      await drain(api);
      await closeResources();
    };
    let stopped: Promise<void> | undefined;
    return { apiUrl, adminUrl, stop: () => (stopped ??= stop()) };
  } catch (error) {
    await api.close();
    await closeResources();
    throw error;
  }
}

/**
 * Stops listening, answers the requests that are under way, and closes each connection as soon as it is idle.
 * Fastify closes those that are idle at this moment; one whose last answer comes later would stay open for as
 * long as its client keeps it, so they are looked for until none is left.
 */
async function drain(api: Api): Promise<void> {
  const closeIdle = setInterval(() => api.server.closeIdleConnections(), 50);
  try {
    await api.close();
  } finally {
    clearInterval(closeIdle);
  }
}
