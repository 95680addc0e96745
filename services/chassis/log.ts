import { type DestinationStream, type Logger, pino } from "pino";
import { orderFields } from "./order-context.ts";
import { redactLine } from "./redaction.ts";
import { traceFields } from "./trace-context.ts";

export type { Logger };

export const LOG_LEVELS = ["fatal", "error", "warn", "info", "debug", "trace", "silent"] as const;

/**
 * Makes the logger of a service: one JSON object a line on standard output, secrets and personal data taken
 * out. A line tells which trace and which order it was written for.
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
      mixin: () => ({ ...traceFields(), ...orderFields() }),
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      // The line as a whole: so nothing gets round it, neither an error's stack nor what a library logs.
      hooks: { streamWrite: redactLine },
    },
    destination,
  );

/** Standard error, for logs of programs whose output is read by other programs. */
export const standardError = (): DestinationStream => pino.destination(2);
