/** `npm run dev`: the services from their sources, restarted as they change, with servers on this machine. */

import { rmSync } from "node:fs";
import type { Server } from "node:http";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { readSettings } from "../deploy/stack/wanted.ts";
import { nearest } from "../nearest.ts";
import { ask } from "../sandbox/ask.ts";
import { CommandError } from "../sandbox/command.ts";
import { HomeError, tradestackHome } from "../sandbox/home.ts";
import type { ServiceDescription } from "../services/description.ts";
import { services } from "../services/index.ts";
import type { Child } from "./child.ts";
import { serviceEnvironment } from "./environment.ts";
import { openFront } from "./front.ts";
import { lineFormat } from "./lines.ts";
import { watchPages } from "./pages.ts";
import { freePort } from "./ports.ts";
import { install, missingPackages, StoreError } from "./programs.ts";
import { localSecret } from "./secrets.ts";
import { MigrationFailed, migrateService, type ServiceRun, watchService, withCallees } from "./services.ts";
import { ensureDatabase, OWN_SERVERS, startStores, storesOf } from "./stores.ts";

const USAGE = `npm run dev -- [SERVICE …] [--port 8000] [--fresh] [--quiet] [--yes]

Runs the services from their sources, without containers. Each starts again when a file of it changes.
Servers: PostgreSQL, Redis and RabbitMQ of this machine's packages, unless DEV_POSTGRES_URL, DEV_REDIS_URL or
DEV_BROKER_URL name one.

  SERVICE   only these, and those that they call (default: all)
  --port    port on 127.0.0.1 that joins the shop and the API (default: 8000)
  --fresh   begins with empty databases
  --quiet   shows warnings and errors only
  --yes     installs missing packages without asking
`;

const EXIT = { done: 0, failed: 1, usage: 2, interrupted: 130 } as const;
const DEFAULT_PORT = 8000;

/** What was asked for on the command line. */
export interface Arguments {
  readonly services: readonly ServiceDescription[];
  readonly port: number;
  readonly fresh: boolean;
  readonly quiet: boolean;
  readonly yes: boolean;
}

/** Reads the command line; throws an Error in plain words when it makes no sense. */
export function readArguments(words: readonly string[], all = services): Arguments {
  const flag = { type: "boolean", default: false } as const;
  const { values, positionals } = parseArgs({
    args: [...words],
    allowPositionals: true,
    options: { port: { type: "string" }, fresh: flag, quiet: flag, yes: flag },
  });
  const names = all.map(({ name }) => name);
  for (const name of positionals) {
    if (names.includes(name)) continue;
    const meant = nearest(name, names);
    throw new Error(
      `there is no service "${name}"${meant === undefined ? "" : ` (did you mean "${meant}"?)`}; there are ${names.join(", ")}`,
    );
  }
  const { port = String(DEFAULT_PORT), ...flags } = values;
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535)
    throw new Error(`--port ${port}: write one from 0 to 65535`);
  return { services: withCallees(all, positionals), port: Number(port), ...flags };
}

async function main(words: readonly string[]): Promise<number> {
  if (words.includes("--help")) {
    console.log(USAGE);
    return EXIT.done;
  }
  let asked: Arguments;
  try {
    asked = readArguments(words);
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n\n${USAGE}`);
    return EXIT.usage;
  }
  const interruption = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
    process.on(signal, () => interruption.abort());
  const running = new Running();
  try {
    await bringUp(asked, running, interruption.signal);
    if (!interruption.signal.aborted) await running.untilOneEnds(interruption.signal);
    return interruption.signal.aborted ? EXIT.interrupted : EXIT.failed;
  } catch (error) {
    if (interruption.signal.aborted) return EXIT.interrupted;
    const known = [StoreError, MigrationFailed, CommandError, HomeError].some(
      (kind) => error instanceof kind,
    );
    if (!known) throw error;
    console.error(error instanceof Error ? error.message : error);
    return EXIT.failed;
  } finally {
    await running.stop();
  }
}

/** What runs, in the order in which it was started. */
class Running {
  readonly stores: Child[] = [];
  readonly migrations: Child[] = [];
  readonly services: Child[] = [];
  front: Server | undefined;

  /** Waits until a program ends that should not. */
  async untilOneEnds(signal: AbortSignal): Promise<void> {
    const aborted = new Promise<undefined>((resolve) =>
      signal.addEventListener("abort", () => resolve(undefined), { once: true }),
    );
    const children = [...this.stores, ...this.services];
    const name = await Promise.race([
      aborted,
      ...children.map((child) => child.ended.then(() => child.name)),
    ]);
    if (name !== undefined) console.error(`${name} has ended; its lines above tell why`);
  }

  /** Ends the services before the stores that they use. */
  async stop(): Promise<void> {
    this.front?.close();
    this.front?.closeAllConnections();
    await Promise.all([...this.migrations, ...this.services].map((child) => child.stop()));
    await Promise.all(this.stores.map((child) => child.stop()));
  }
}

async function bringUp(asked: Arguments, running: Running, signal: AbortSignal): Promise<void> {
  const folder = join(tradestackHome(), "dev");
  const wanted = storesOf(asked.services);
  const own = (store: keyof typeof wanted) => process.env[OWN_SERVERS[store]] !== undefined;
  const missing = missingPackages({
    postgres: wanted.postgres && !own("postgres"),
    redis: wanted.redis && !own("redis"),
    rabbitmq: wanted.rabbitmq && !own("rabbitmq"),
  });
  const say = (line: string) => console.error(line);
  await install(missing, async (question) => asked.yes || ask(`${question} [Y/n]`, true), say);
  if (asked.fresh) rmSync(folder, { recursive: true, force: true });

  const names = asked.services.map(({ name }) => name);
  const format = lineFormat(
    [...names, "postgres", "redis", "epmd", "rabbitmq"],
    process.stdout.isTTY === true,
  );
  const show = (name: string, line: string) => {
    if (!asked.quiet || /"level":[456]0/.test(line)) console.log(format(name, line));
  };
  say("starting the servers");
  // What servers say is of interest only when they fail to start.
  const lastWords: string[] = [];
  const stores = await startStores({
    folder,
    wanted,
    environment: process.env,
    onLine: (name, line) => void lastWords.push(format(name, line)),
    onStart: (child) => void running.stores.push(child),
    signal,
  }).catch((error: unknown) => {
    for (const line of lastWords.slice(-20)) console.error(line);
    throw error;
  });

  const origin = `http://127.0.0.1:${asked.port}`;
  const ports = new Map<string, number>();
  for (const name of names) ports.set(name, await freePort());
  const portOf = ({ name }: ServiceDescription) => ports.get(name) ?? 0;
  const settings = readSettings("dev", "any").settings.services;
  const runs: ServiceRun[] = [];
  for (const service of asked.services) {
    const { name } = service;
    const secret = (label: string) => localSecret(join(folder, "secrets"), `${name}/${label}`);
    const database =
      service.database && stores.postgres
        ? await ensureDatabase(stores.postgres, name, secret("DATABASE_PASSWORD").value)
        : undefined;
    const env = {
      PATH: process.env.PATH ?? "",
      LOG_LEVEL: process.env.LOG_LEVEL ?? "info",
      API_PORT: String(portOf(service)),
      ADMIN_PORT: "0",
      LISTEN_ADDRESS: "127.0.0.1",
      ...serviceEnvironment(service, {
        urlOf: (callee) => `http://127.0.0.1:${portOf(callee)}`,
        database,
        redis: stores.redis,
        broker: stores.broker,
        secretFile: (label) => secret(label).file,
        publicUrl: origin,
      }),
      ...settings[name]?.environment,
    };
    const onLine = (line: string) => show(name, line);
    const pages = await watchPages(name, join(folder, "pages", name), onLine, signal);
    runs.push({ service, env: { ...env, ...(pages && { WEB_DIRECTORY: pages }) }, onLine, pages });
  }
  say("preparing the databases");
  await Promise.all(runs.map((run) => migrateService(run, (child) => running.migrations.push(child))));
  signal.throwIfAborted();
  for (const run of runs) running.services.push(watchService(run));
  const routes = asked.services.flatMap((service) =>
    service.public === undefined ? [] : [{ path: service.public, port: portOf(service) }],
  );
  running.front = await openFront(asked.port, routes);
  say(`\n  ${origin}   the platform; Ctrl-C ends it\n`);
  for (const service of asked.services) say(`  http://127.0.0.1:${portOf(service)}   ${service.name}`);
  say("");
}

if (import.meta.main) process.exitCode = await main(process.argv.slice(2));
