import type { ServiceDescription } from "../description.ts";
import { type Broker, openBroker } from "./broker.ts";
import { type Database, type DatabaseOptions, openDatabase } from "./database.ts";
import { type HttpClient, openHttpClient } from "./http-client.ts";
import type { Logger } from "./log.ts";
import type { Metrics } from "./metrics.ts";
import { openRedis, type Redis } from "./redis.ts";
import { integer, readSettings, type SettingsSpec, text, url } from "./settings.ts";

/** What a service's description gives it access to. Asking for something it does not declare is an error. */
export interface Resources {
  readonly database: Database;
  readonly redis: Redis;
  readonly broker: Broker;
  /** The client of a service named in `calls`. */
  client(callee: ServiceDescription): HttpClient;
  /** The base URL of a service named in `calls`, for whoever brings a client of their own. */
  urlOf(callee: ServiceDescription): string;
}

/** A service uses what its description does not declare. The message says what to add. */
export class UndeclaredError extends Error {
  override readonly name = "UndeclaredError";
}

/** Variable that holds the base URL of a service, such as `CATALOG_URL`. */
export const urlVariable = (service: ServiceDescription): string =>
  `${service.name.toUpperCase().replaceAll("-", "_")}_URL`;

const POSTGRES = url(["postgres:", "postgresql:"]);

/**
 * Opens the database of a service from its environment, for `migrate` and `serve` alike.
 *
 * @param limits What differs from the defaults, such as no time limit for migrations.
 */
export function databaseFromEnvironment(
  description: ServiceDescription,
  environment: NodeJS.ProcessEnv,
  log: Logger,
  metrics: Metrics,
  limits: Pick<DatabaseOptions, "statementTimeout"> = {},
): Database {
  const { DATABASE_URL, DATABASE_CONNECTIONS, POD_NAME } = readSettings(
    { DATABASE_URL: POSTGRES, DATABASE_CONNECTIONS: integer(1, 200, 10), POD_NAME: text("local") },
    environment,
  );
  const options = {
    url: DATABASE_URL,
    applicationName: `${description.name}/${POD_NAME}`,
    connections: DATABASE_CONNECTIONS,
    ...limits,
  };
  return openDatabase(options, log, metrics);
}

/**
 * Opens everything that a description declares.
 *
 * @returns The resources, and `close`, which lets go of them after the last request.
 * @throws {SettingsError} naming the variables that are missing or wrong.
 */
export function openResources(
  description: ServiceDescription,
  environment: NodeJS.ProcessEnv,
  log: Logger,
  metrics: Metrics,
): Resources & { readonly close: () => Promise<void> } {
  const usesBroker = description.publishes.length + description.consumes.length > 0;
  const spec: SettingsSpec = {
    ...(description.database && { DATABASE_URL: POSTGRES }),
    ...(description.cache && { REDIS_URL: url(["redis:", "rediss:", "redis+sentinel:"]) }),
    ...(usesBroker && { BROKER_URL: url(["amqp:", "amqps:"]) }),
    ...Object.fromEntries(description.calls.map((callee) => [urlVariable(callee), url(["http:", "https:"])])),
  };
  const urls = readSettings(spec, environment) as Readonly<Record<string, string>>;
  const { REDIS_URL, BROKER_URL } = urls;
  const database = description.database && databaseFromEnvironment(description, environment, log, metrics);
  const redis = REDIS_URL === undefined ? undefined : openRedis(REDIS_URL, description.name, log);
  const broker = BROKER_URL === undefined ? undefined : openBroker(BROKER_URL, description.name, log);
  const clients = new Map(
    description.calls.map((callee) => [
      callee.name,
      openHttpClient(callee.name, urls[urlVariable(callee)] ?? "", metrics),
    ]),
  );
  const declared = <T>(resource: T | undefined, field: string): T => {
    if (resource !== undefined) return resource;
    throw new UndeclaredError(`service "${description.name}" declares no ${field}; add it to its service.ts`);
  };
  return {
    get database() {
      return declared(database, 'database: "postgres"');
    },
    get redis() {
      return declared(redis, 'cache: "redis"');
    },
    get broker() {
      return declared(broker, "event that it publishes or consumes");
    },
    urlOf: (callee) => declared(urls[urlVariable(callee)], `call to "${callee.name}"`),
    client: (callee) => declared(clients.get(callee.name), `call to "${callee.name}"`),
    async close() {
      await broker?.close();
      redis?.disconnect();
      await Promise.all([...clients.values()].map((client) => client.close()));
      await database?.close();
    },
  };
}
