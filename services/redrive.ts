/**
 * Lists or sends back a service's dead letters from outside of it, by a broker user that may use the service's queues:
 *
 *     BROKER_URL=amqp://… npm run redrive -- --service order --list
 *
 * In a cluster, `kubectl exec deploy/order -- node /app/main.js redrive --list` does the same as the service itself.
 */
import { openBroker } from "./chassis/broker.ts";
import { createLogger, standardError } from "./chassis/log.ts";
import { REDRIVE_USAGE, RedriveUsageError, runRedrive } from "./chassis/redrive-command.ts";
import { readSettings, SettingsError, url } from "./chassis/settings.ts";
import { services } from "./index.ts";

const FAILED = 2;

/** Takes `--service NAME` out of the arguments. */
function splitArguments(args: readonly string[]): { readonly service: string; readonly rest: string[] } {
  const index = args.indexOf("--service");
  const service = args[index + 1];
  const names = services.filter(({ consumes }) => consumes.length > 0).map(({ name }) => name);
  if (index < 0 || service === undefined || !names.includes(service)) {
    throw new RedriveUsageError(`say --service and one of ${names.join(", ")}; then ${REDRIVE_USAGE}`);
  }
  return { service, rest: args.toSpliced(index, 2) };
}

const log = createLogger("warn", { name: "redrive", version: "0", pod: "local" }, standardError());
try {
  const { service, rest } = splitArguments(process.argv.slice(2));
  const { BROKER_URL } = readSettings({ BROKER_URL: url(["amqp:", "amqps:"]) }, process.env);
  const broker = openBroker(BROKER_URL, `redrive-${service}`, log);
  try {
    process.exitCode = await runRedrive(broker, service, rest, console.log);
  } finally {
    await broker.close();
  }
} catch (error) {
  if (!(error instanceof RedriveUsageError || error instanceof SettingsError)) throw error;
  console.error(error.message);
  process.exitCode = FAILED;
}
