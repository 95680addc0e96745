import { type DestinationStream, type Logger, pino } from "pino";
import { traceFields } from "./trace-context.ts";

export type { Logger };

export const LOG_LEVELS = ["fatal", "error", "warn", "info", "debug", "trace", "silent"] as const;

/** Fields that never reach a log line, wherever a logged object carries them one or two levels deep. */
const SECRET_FIELDS = ["authorization", "cookie", "password", "token", "cardToken", "secret"];

/**
 * Makes the logger of a service: one JSON object a line on standard output, secrets taken out.
 *
 * @param level Least severe level that is written.
 * @param service Name, version and pod, which every line carries.
 * @param destination Where the lines go. Default: standard output.
 */
export const createLogger = (
  level: (typeof LOG_LEVELS)[number],
  service: { readonly name: string; readonly version: string; readonly pod: string },
  destination: DestinationStream = pino.destination(1),
): Logger =>
  pino(
    {
      level,
      base: { service: service.name, version: service.version, pod: service.pod },
      mixin: traceFields,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: SECRET_FIELDS.flatMap((field) => [field, `*.${field}`, `*.*.${field}`]),
    },
    destination,
  );

/** Standard error, for logs of programs whose output is read by other programs. */
export const standardError = (): DestinationStream => pino.destination(2);
