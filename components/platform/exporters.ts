import type * as pulumi from "@pulumi/pulumi";
import type { Settings } from "../../settings.ts";
import type { StoreArgs } from "../microservice/args.ts";
import { PostgresExporter } from "../monitoring/postgres-exporter.ts";
import { RedisExporter } from "../monitoring/redis-exporter.ts";
import { PostgresDatabase, type PostgresDatabaseArgs } from "../postgres/database.ts";
import type { PostgresEndpoint } from "../postgres/endpoint.ts";
import type { PlatformArgs } from "./platform.ts";

/** Names of the exporters, also of the users that they connect as. */
export const POSTGRES_EXPORTER = "postgres-exporter";
export const REDIS_EXPORTER = "redis-exporter";
/** Connections that the exporter of PostgreSQL needs. */
const CONNECTIONS = 5;

/** The exporter as one more client of a store; none where nobody measures. */
export const exporterOf = ({ monitoring }: Settings, name: string): string[] =>
  monitoring.kind === "none" ? [] : [name];

/** Has a PostgreSQL server measured, by a role that may read how it is and nothing that is in it. */
export function watchPostgres(
  { settings, images, keys }: PlatformArgs,
  server: PostgresEndpoint,
  connection: Omit<PostgresDatabaseArgs, "server" | "password">,
): void {
  for (const name of exporterOf(settings, POSTGRES_EXPORTER)) {
    const password = keys.password(`${server.name}/${name}`);
    const database = new PostgresDatabase(
      name,
      { ...connection, server: server.name, password, connectionLimit: CONNECTIONS, monitors: true },
      { parent: server.component },
    );
    new PostgresExporter(
      name,
      {
        namespace: connection.namespace,
        image: images.thirdParty("postgres-exporter"),
        host: server.host,
        port: server.port,
        ...(server.authority === undefined ? {} : { authority: server.authority }),
        password,
        store: server.store,
        monitoringNamespace: settings.monitoringNamespace,
      },
      { parent: server.component, dependsOn: [database] },
    );
  }
}

/** Has each server of a Redis set measured. */
export function watchRedis(
  parent: pulumi.ComponentResource,
  namespace: pulumi.Input<string>,
  { settings, images, keys }: PlatformArgs,
  store: StoreArgs,
): void {
  for (const name of exporterOf(settings, REDIS_EXPORTER)) {
    new RedisExporter(
      name,
      {
        namespace,
        image: images.thirdParty("redis-exporter"),
        servers: redisServers(settings).map(({ url }) => url),
        password: keys.password(`${store.name}/${name}`),
        store,
        monitoringNamespace: settings.monitoringNamespace,
      },
      { parent },
    );
  }
}

/** The Redis servers of an environment, and where each is asked; none where a cloud runs and measures them. */
export const redisServers = ({ redis }: Settings): { pod: string; url: string }[] =>
  Array.from({ length: redis.kind === "cluster" ? redis.replicas : 0 }, (_, index) => ({
    pod: `redis-${index}`,
    url: `redis://redis-${index}.redis:6379`,
  }));
