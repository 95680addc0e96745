import type * as pulumi from "@pulumi/pulumi";
import { routingKey } from "../../services/contracts/event.ts";
import type { ServiceDescription } from "../../services/description.ts";
import type { StoreArgs } from "../microservice/args.ts";
import { PostgresDatabase } from "../postgres/database.ts";
import { POSTGRES_PORT } from "../postgres/names.ts";
import { PostgresServer } from "../postgres/server.ts";
import { MessageBroker } from "../rabbitmq/broker.ts";
import { RedisReplicaSet } from "../redis/replica-set.ts";
import type { SecretFile } from "../secret-file.ts";
import { usesBroker } from "./edges.ts";
import type { PlatformArgs } from "./platform.ts";

/** Settings of a service that follow from its stores. */
export function storeEnvironment(service: ServiceDescription): Record<string, string> {
  return service.database === undefined ? {} : { DATABASE_CONNECTIONS: String(CONNECTIONS_PER_REPLICA) };
}

/** The stores of an environment, as its services see them. */
export interface Stores {
  /** The stores that a service connects to. */
  reachedBy(service: ServiceDescription): StoreArgs[];
  /** The credentials that it is given. */
  secretsOf(service: ServiceDescription): SecretFile[];
}

/** Connections that one replica of a service keeps to its database. */
const CONNECTIONS_PER_REPLICA = 10;
/** Connections that are left for provisioning and for people. */
const SPARE_CONNECTIONS = 20;

/** Makes the stores that at least one service uses, with a user for each that does. */
export function storesOf(
  parent: pulumi.ComponentResource,
  namespace: pulumi.Input<string>,
  args: PlatformArgs,
): Stores {
  const parts = [databases, caches, queues]
    .map((make) => make(parent, namespace, args))
    .filter((part) => part !== undefined);
  return {
    reachedBy: (service) => parts.filter((part) => part.uses(service)).map((part) => part.store),
    secretsOf: (service) =>
      parts.filter((part) => part.uses(service)).map((part) => part.secret(service.name)),
  };
}

/** One store: who uses it, where it is, and what proves them to it. */
interface Part {
  uses(service: ServiceDescription): boolean;
  readonly store: StoreArgs;
  secret(service: string): SecretFile;
}

type Make = (
  parent: pulumi.ComponentResource,
  namespace: pulumi.Input<string>,
  args: PlatformArgs,
) => Part | undefined;

const databases: Make = (parent, namespace, { settings, services, images, keys }) => {
  const uses = (service: ServiceDescription) => service.database === "postgres";
  const owners = services.filter(uses).map((service) => service.name);
  if (owners.length === 0) return undefined;
  const name = "postgres";
  const image = images.thirdParty(name);
  const server = new PostgresServer(
    name,
    {
      namespace,
      image,
      storage: settings.postgres.storage,
      ...storageClass(settings),
      clients: owners,
      adminPassword: keys.password(`${name}/postgres`),
      maxConnections: owners.reduce(
        (sum, owner) => sum + connectionLimit(settings, owner),
        SPARE_CONNECTIONS,
      ),
    },
    { parent },
  );
  const files = new Map(
    owners.map((owner) => {
      const password = keys.password(`${name}/${owner}`);
      const database = new PostgresDatabase(
        owner,
        {
          namespace,
          image,
          server: name,
          adminSecret: server.adminSecret,
          password,
          revision: keys.fingerprint,
          connectionLimit: connectionLimit(settings, owner),
        },
        { parent: server },
      );
      return [owner, database.urlFile];
    }),
  );
  return { uses, store: { name, ports: [POSTGRES_PORT] }, secret: (owner) => held(files, owner) };
};

const caches: Make = (parent, namespace, { settings, services, images, keys }) => {
  const uses = (service: ServiceDescription) => service.cache === "redis";
  const users = services.filter(uses).map((service) => service.name);
  if (users.length === 0) return undefined;
  const name = "redis";
  const redis = new RedisReplicaSet(
    name,
    {
      namespace,
      image: images.thirdParty(name),
      replicas: settings.redis.replicas,
      storage: settings.redis.storage,
      ...storageClass(settings),
      clients: users,
      users: users.map((user) => ({ name: user, password: keys.password(`${name}/${user}`) })),
      internal: {
        replica: keys.password(`${name}/#replica`),
        sentinel: keys.password(`${name}/#sentinel`),
        probe: keys.password(`${name}/#probe`),
      },
    },
    { parent },
  );
  return { uses, store: { name, ports: redis.ports }, secret: (user) => redis.urlFile(user) };
};

const queues: Make = (parent, namespace, { settings, services, images, keys }) => {
  const users = services.filter(usesBroker);
  if (users.length === 0) return undefined;
  const name = "rabbitmq";
  const broker = new MessageBroker(
    name,
    {
      namespace,
      image: images.thirdParty(name),
      replicas: settings.broker.replicas,
      storage: settings.broker.storage,
      ...storageClass(settings),
      clients: users.map((service) => service.name),
      monitoringNamespace: settings.monitoringNamespace,
      users: users.map((service) => ({
        name: service.name,
        password: keys.password(`${name}/${service.name}`),
        publishes: service.publishes.map(routingKey),
        consumes: service.consumes.map(routingKey),
      })),
      cookie: keys.password(`${name}/#cookie`),
    },
    { parent },
  );
  return { uses: usesBroker, store: { name, ports: broker.ports }, secret: (user) => broker.urlFile(user) };
};

/** Enough for every replica that a service may have, those that a rollout adds, and their migrations. */
function connectionLimit(settings: PlatformArgs["settings"], service: string): number {
  const replicas = Math.ceil((settings.services[service]?.scale.max ?? 1) * 1.25);
  return replicas * (CONNECTIONS_PER_REPLICA + 1);
}

function storageClass({ storageClass }: PlatformArgs["settings"]): { storageClass?: string } {
  return storageClass === undefined ? {} : { storageClass };
}

function held(files: ReadonlyMap<string, SecretFile>, owner: string): SecretFile {
  const file = files.get(owner);
  if (file === undefined) throw new Error(`service "${owner}" has no database; give its description one`);
  return file;
}
