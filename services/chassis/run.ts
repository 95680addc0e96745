import { ADMIN_PORT as DEFAULT_ADMIN_PORT, API_PORT as DEFAULT_API_PORT } from "../description.ts";
import { COMMAND_FAILED, type Command, runCommand } from "./commands.ts";
import { waitForDatabase } from "./database-wait.ts";
import { createLogger, LOG_LEVELS, type Logger, standardError } from "./log.ts";
import { createMetrics } from "./metrics.ts";
import { migrate, readMigrations } from "./migrations.ts";
import { redriveCommand } from "./redrive-command.ts";
import { databaseFromEnvironment } from "./resources.ts";
import { type RunningService, type Service, startService } from "./service.ts";
import { integer, oneOf, readSettings, type SettingsSpec, text } from "./settings.ts";

/** Requests under way have this long to end, in milliseconds; the pod's grace period must be longer. */
const DRAIN_DEADLINE = 25_000;

/**
 * The main program of a service: `serve` (the default) runs it until SIGTERM, `migrate` brings its database to
 * the newest schema and ends. A failure is logged in one line and ends the process with status 1. A service
 * that consumes events can `redrive` its dead letters. Any further command is one of the service's own
 * ({@link Service.commands}), which decides on the status itself; 2 where it could not run.
 *
 * @example
 * await runService(orderService);
 */
export async function runService<Spec extends SettingsSpec>(service: Service<Spec>): Promise<void> {
  const { name } = service.description;
  const environment = process.env;
  const base = readSettings(
    { LOG_LEVEL: oneOf(LOG_LEVELS, "info"), SERVICE_VERSION: text("dev"), POD_NAME: text("local") },
    environment,
  );
  const [command = "serve", ...args] = process.argv.slice(2);
  const identity = { name, version: base.SERVICE_VERSION, pod: base.POD_NAME };
  const own = commandsOf(service).find(([candidate]) => candidate === command)?.[1];
  if (own !== undefined) {
    const log = createLogger(base.LOG_LEVEL, identity, standardError());
    const print = (text: string) => void process.stdout.write(`${text}\n`);
    process.exitCode = await runCommand(service, own, args, { environment, log, print });
    return;
  }
  if (command !== "serve" && command !== "migrate") {
    const asked = command === "help";
    if (!asked) process.stderr.write(`unknown command "${command}"; ${name} has\n`);
    (asked ? process.stdout : process.stderr).write(usage(service));
    process.exitCode = asked ? 0 : COMMAND_FAILED;
    return;
  }
  const log = createLogger(base.LOG_LEVEL, identity);
  try {
    if (command === "migrate") await runMigrations(service, log);
    else await serve(service, log);
  } catch (error) {
    log.fatal({ err: error }, `${name} cannot ${command}`);
    process.exit(1);
  }
}

/** The service's own commands, after those that the chassis gives it. */
const commandsOf = <Spec extends SettingsSpec>({ description, commands }: Service<Spec>) =>
  Object.entries<Command<Spec>>({
    ...(description.consumes.length > 0 && { redrive: redriveCommand(description.name) }),
    ...commands,
  });

/** What a service can be told to do, a line each. */
function usage<Spec extends SettingsSpec>(service: Service<Spec>): string {
  const own = commandsOf(service).map(([command, { summary }]) => [command, summary]);
  const commands = [
    ["serve", "runs the service until SIGTERM; the default"],
    ["migrate", "brings its database to the newest schema"],
    ...own,
  ];
  return commands.map(([command = "", summary]) => `  ${command.padEnd(12)}  ${summary}\n`).join("");
}

async function runMigrations(
  service: Pick<Service, "description" | "migrations" | "seed">,
  log: Logger,
): Promise<void> {
  if (service.migrations === undefined) return log.info("this service has no database");
  const migrations = readMigrations(service.migrations);
  const unlimited = { statementTimeout: 0 };
  const database = databaseFromEnvironment(service.description, process.env, log, createMetrics(), unlimited);
  try {
    const applied = await waitForDatabase(() => migrate(database, migrations), log);
    log.info({ applied }, applied.length > 0 ? "migrated" : "the schema is up to date");
    await service.seed?.(database, process.env);
  } finally {
    await database.close();
  }
}

async function serve<Spec extends SettingsSpec>(service: Service<Spec>, log: Logger): Promise<void> {
  // Pods all use the same ports; on one machine without pods each service needs its own.
  const port = (fallback: number) => integer(0, 65_535, fallback);
  const {
    API_PORT: apiPort,
    ADMIN_PORT: adminPort,
    LISTEN_ADDRESS: host,
  } = readSettings(
    {
      API_PORT: port(DEFAULT_API_PORT),
      ADMIN_PORT: port(DEFAULT_ADMIN_PORT),
      LISTEN_ADDRESS: text("0.0.0.0"),
    },
    process.env,
  );
  let running: RunningService | undefined;
  let stopping = false;
  const stop = (signal: NodeJS.Signals) => {
    if (stopping) return;
    stopping = true;
    log.info({ signal }, "draining");
    setTimeout(() => {
      log.error("requests did not end in time");
      process.exit(1);
    }, DRAIN_DEADLINE).unref();
    // A service that has not started has nothing to finish.
    Promise.resolve(running?.stop()).then(
      () => {
        log.info("stopped");
        process.exit(0);
      },
      (error: unknown) => {
        log.fatal({ err: error }, "stopping failed");
        process.exit(1);
      },
    );
  };
  // The first process of a container ignores a signal that it has no handler for; so they come before the start.
  process.on("SIGTERM", stop);
  process.on("SIGINT", stop);
  running = await startService(service, { environment: process.env, log, apiPort, adminPort, host });
}
