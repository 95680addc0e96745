import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import pg from "pg";
import { run, waitFor } from "../sandbox/command.ts";
import type { ServiceDescription } from "../services/description.ts";
import { type Child, startChild } from "./child.ts";
import { freePort, isOpen } from "./ports.ts";
import { asNobody, EPMD, postgresPrograms, RABBITMQ_SERVER, REDIS_SERVER, StoreError } from "./programs.ts";
import { localSecret } from "./secrets.ts";

/** Where services find their stores. */
export interface Stores {
  /** A server on which each service has a database and a role of its own. */
  readonly postgres: string | undefined;
  readonly redis: string | undefined;
  readonly broker: string | undefined;
}

/** Which stores a set of services needs. */
export function storesOf(services: readonly ServiceDescription[]) {
  return {
    postgres: services.some(({ database }) => database === "postgres"),
    redis: services.some(({ cache }) => cache === "redis"),
    rabbitmq: services.some(({ publishes, consumes }) => publishes.length + consumes.length > 0),
  };
}

/** Variables that name servers of one's own, to be used instead of started ones. */
export const OWN_SERVERS = {
  postgres: "DEV_POSTGRES_URL",
  redis: "DEV_REDIS_URL",
  rabbitmq: "DEV_BROKER_URL",
} as const;

/** What {@link startStores} needs. */
export interface StoreOptions {
  /** Folder of their data, kept from one run to the next. */
  readonly folder: string;
  readonly wanted: ReturnType<typeof storesOf>;
  readonly environment: NodeJS.ProcessEnv;
  /** Takes each line that a server writes. */
  readonly onLine: (store: string, line: string) => void;
  /** Called with each server as it is started, so that it can be ended whatever happens next. */
  readonly onStart: (child: Child) => void;
  readonly signal: AbortSignal;
}

/** Seconds that a server has to accept connections. RabbitMQ is the slowest, above all on a busy machine. */
const START_SECONDS = 90;

/** Starts the stores that are wanted and that no variable names. */
export async function startStores(options: StoreOptions): Promise<Stores> {
  const { wanted, environment } = options;
  const [postgres, redis, broker] = await Promise.all([
    wanted.postgres ? (environment[OWN_SERVERS.postgres] ?? startPostgres(options)) : undefined,
    wanted.redis ? (environment[OWN_SERVERS.redis] ?? startRedis(options)) : undefined,
    wanted.rabbitmq ? (environment[OWN_SERVERS.rabbitmq] ?? startRabbit(options)) : undefined,
  ]);
  return { postgres, redis, broker };
}

/** What every program is given: nothing of this process that it could take for its own. */
const plainEnvironment = () => ({ PATH: process.env.PATH ?? "", LANG: "C.UTF-8" });

async function startPostgres({ folder, onLine, onStart, signal }: StoreOptions): Promise<string> {
  const programs = postgresPrograms();
  if (programs === undefined)
    throw new StoreError(
      `/usr/lib/postgresql has no server; install postgresql, or name a server of yours by ${OWN_SERVERS.postgres}`,
    );
  const data = join(folder, "postgres");
  const password = localSecret(join(folder, "secrets"), "postgres/password");
  if (!existsSync(join(data, "PG_VERSION"))) {
    const making = `${data}.making`;
    rmSync(making, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    const initdb = [
      join(programs, "initdb"),
      `--pgdata=${making}`,
      "--username=postgres",
      "--auth=scram-sha-256",
      `--pwfile=${password.file}`,
    ];
    await run(asNobody(initdb), { signal });
    renameSync(making, data);
  }
  const port = await freePort();
  const program = [join(programs, "postgres"), "-D", data, "-p", String(port)];
  const options = ["listen_addresses=127.0.0.1", "unix_socket_directories=", "max_connections=300"];
  const command = asNobody([...program, ...options.flatMap((option) => ["-c", option])]);
  const server = start({ name: "postgres", command, stopSignal: "SIGINT" }, onLine, onStart);
  const url = `postgres://postgres:${password.value}@127.0.0.1:${port}/postgres`;
  const answers = async () => {
    const client = new pg.Client({ connectionString: url });
    try {
      await client.connect();
      return true;
    } catch {
      return false;
    } finally {
      await client.end().catch(() => undefined);
    }
  };
  await ready(server, answers, signal);
  return url;
}

async function startRedis({ folder, onLine, onStart, signal }: StoreOptions): Promise<string> {
  const data = join(folder, "redis");
  mkdirSync(data, { recursive: true });
  const port = await freePort();
  const password = localSecret(join(folder, "secrets"), "redis/password").value;
  const settings = { port, bind: "127.0.0.1", dir: data, appendonly: "yes", save: "", requirepass: password };
  const command = [
    REDIS_SERVER,
    ...Object.entries(settings).flatMap(([key, value]) => [`--${key}`, String(value)]),
  ];
  const server = start({ name: "redis", command }, onLine, onStart);
  await ready(server, () => isOpen(port), signal);
  return `redis://default:${password}@127.0.0.1:${port}`;
}

async function startRabbit({ folder, onLine, onStart, signal }: StoreOptions): Promise<string> {
  const data = join(folder, "rabbitmq");
  const plugins = join(data, "enabled_plugins");
  mkdirSync(data, { recursive: true });
  writeFileSync(plugins, "[].\n");
  const [port, distribution, epmd] = [await freePort(), await freePort(), await freePort()];
  const env = {
    HOME: data,
    ERL_EPMD_PORT: String(epmd),
    ERL_EPMD_ADDRESS: "127.0.0.1",
    RABBITMQ_NODENAME: "tradestack@localhost",
    RABBITMQ_NODE_IP_ADDRESS: "127.0.0.1",
    RABBITMQ_NODE_PORT: String(port),
    RABBITMQ_DIST_PORT: String(distribution),
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: "-kernel inet_dist_use_interface {127,0,0,1}",
    RABBITMQ_DATA_DIR: data,
    RABBITMQ_MNESIA_BASE: data,
    RABBITMQ_LOGS: "-",
    RABBITMQ_LOG_BASE: data,
    RABBITMQ_ENABLED_PLUGINS_FILE: plugins,
    ERL_CRASH_DUMP: join(data, "erl_crash.dump"),
    RABBITMQ_PID_FILE: join(data, "pid"),
  };
  const names = start({ name: "epmd", command: asNobody([EPMD]), env }, onLine, onStart);
  await ready(names, () => isOpen(epmd), signal);
  const server = start({ name: "rabbitmq", command: asNobody([RABBITMQ_SERVER]), env }, onLine, onStart);
  await ready(server, () => isOpen(port), signal);
  return `amqp://guest:guest@127.0.0.1:${port}`;
}

function start(
  what: {
    readonly name: string;
    readonly command: readonly string[];
    readonly env?: Readonly<Record<string, string>>;
    readonly stopSignal?: "SIGTERM" | "SIGINT";
  },
  onLine: StoreOptions["onLine"],
  onStart: StoreOptions["onStart"],
): Child {
  const env = { ...plainEnvironment(), ...what.env };
  const child = startChild({ ...what, env, onLine: (line) => onLine(what.name, line) });
  onStart(child);
  return child;
}

/** Waits until a server answers; one that ends instead never will. */
async function ready(server: Child, answers: () => Promise<boolean>, signal: AbortSignal): Promise<void> {
  let ended = false;
  void server.ended.then(() => {
    ended = true;
  });
  await waitFor(
    server.name,
    START_SECONDS,
    async () => {
      if (ended) throw new StoreError(`${server.name} does not start; its last words are above`);
      return answers();
    },
    { signal },
  );
}

/**
 * Makes sure that a service has a database of its own, with a role that owns it and nothing else.
 *
 * @param server URL of the server, of a role that may make others.
 * @param password The role's password, from now on.
 * @returns The URL that the service connects with.
 */
export async function ensureDatabase(server: string, service: string, password: string): Promise<string> {
  const client = new pg.Client({ connectionString: server });
  await client.connect();
  try {
    const [role, secret] = [client.escapeIdentifier(service), client.escapeLiteral(password)];
    const exists = async (sql: string) => (await client.query(sql, [service])).rowCount !== 0;
    if (!(await exists("SELECT FROM pg_roles WHERE rolname = $1")))
      await client.query(`CREATE ROLE ${role} LOGIN`);
    await client.query(`ALTER ROLE ${role} PASSWORD ${secret}`);
    if (!(await exists("SELECT FROM pg_database WHERE datname = $1"))) {
      await client.query(`CREATE DATABASE ${role} OWNER ${role}`);
    }
  } finally {
    await client.end();
  }
  const url = new URL(server);
  Object.assign(url, { username: service, password, pathname: `/${service}` });
  return url.href;
}
