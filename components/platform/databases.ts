import type { ServiceDescription } from "../../services/description.ts";
import { BACKUP_ROLE } from "../backup/names.ts";
import { PostgresBackup } from "../backup/postgres-backup.ts";
import { PostgresDatabase } from "../postgres/database.ts";
import { PLATFORM_SERVER } from "../postgres/names.ts";
import type { SecretFile } from "../secret-file.ts";
import { exporterOf, POSTGRES_EXPORTER, watchPostgres } from "./exporters.ts";
import { type Make, volumes } from "./part.ts";
import type { PlatformArgs } from "./platform.ts";
import { postgresForm } from "./postgres.ts";

/** Connections that one replica of a service keeps to its database. */
const CONNECTIONS_PER_REPLICA = 10;
/** Connections that are left for provisioning, for backups and for people. */
const SPARE_CONNECTIONS = 20;

/** Settings of a service that follow from its database. */
export function databaseEnvironment(service: ServiceDescription): Record<string, string> {
  return service.database === undefined ? {} : { DATABASE_CONNECTIONS: String(CONNECTIONS_PER_REPLICA) };
}

/** Makes the PostgreSQL server that the settings ask for, a database for each service, and what saves them. */
export const databases: Make = (parent, namespace, platform) => {
  const { settings, services, images, keys } = platform;
  const uses = (service: ServiceDescription) => service.database === "postgres";
  const owners = services.filter(uses).map((service) => service.name);
  if (owners.length === 0) return undefined;
  const name = PLATFORM_SERVER;
  const server = postgresForm(platform)(
    name,
    {
      namespace,
      clients: [...owners, ...exporterOf(settings, POSTGRES_EXPORTER)],
      adminPassword: keys.password(`${name}/postgres`),
      maxConnections: owners.reduce(
        (sum, owner) => sum + connectionLimit(settings, owner),
        SPARE_CONNECTIONS,
      ),
    },
    parent,
  );
  const connection = {
    namespace,
    image: images.thirdParty(name),
    host: server.host,
    port: server.port,
    adminUser: server.adminUser,
    adminSecret: server.adminSecret,
    ...(server.authority === undefined ? {} : { authority: server.authority }),
    revision: keys.fingerprint,
  };
  const files = new Map(
    owners.map((owner) => {
      const database = new PostgresDatabase(
        owner,
        {
          ...connection,
          server: name,
          password: keys.password(`${name}/${owner}`),
          connectionLimit: connectionLimit(settings, owner),
        },
        { parent: server.component },
      );
      return [owner, database.secretFiles];
    }),
  );
  watchPostgres(platform, server, connection);
  if (settings.backups !== undefined) {
    const { bucket, ...backups } = settings.backups;
    const { podLabels, cidrs } = server.store;
    new PostgresBackup(
      name,
      {
        ...connection,
        ...backups,
        ...volumes(settings),
        databases: owners,
        location: {
          ...(podLabels === undefined ? {} : { podLabels }),
          ...(cidrs === undefined ? {} : { cidrs }),
        },
        password: keys.password(`${name}/${BACKUP_ROLE}`),
        ...(bucket === undefined ? {} : { bucket: { ...bucket, image: images.thirdParty("rclone") } }),
        // It outlives its stack anyway; production is not even taken down before somebody allows that.
        protect: settings.environment === "prod",
      },
      { parent: server.component },
    );
  }
  return { uses, store: server.store, secrets: (owner) => held(files, owner) };
};

/** Enough for every replica that a service may have, those that a rollout adds, and their migrations. */
function connectionLimit(settings: PlatformArgs["settings"], service: string): number {
  const replicas = Math.ceil((settings.services[service]?.scale.max ?? 1) * 1.25);
  return replicas * (CONNECTIONS_PER_REPLICA + 1);
}

function held(files: ReadonlyMap<string, SecretFile[]>, owner: string): SecretFile[] {
  const own = files.get(owner);
  if (own === undefined) throw new Error(`service "${owner}" has no database; give its description one`);
  return own;
}
