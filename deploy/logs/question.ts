import { oneOf, readOptions, UsageError } from "../../command-line/options.ts";
import { services } from "../../services/index.ts";

/** What lines are asked for. */
export interface Question {
  /** Name of a service. */
  readonly service: string | undefined;
  readonly traceId: string | undefined;
  readonly orderId: string | undefined;
  /** Whether only security events are. */
  readonly security: boolean;
  /** How far back, in seconds. */
  readonly seconds: number;
}

/** A question, and where and how it is answered. */
export interface LogsCommand {
  readonly stack: string;
  readonly context: string | undefined;
  /** Whether lines are printed as they were written. */
  readonly json: boolean;
  readonly question: Question;
}

const OPTIONS = {
  stack: { type: "string" },
  context: { type: "string" },
  service: { type: "string" },
  trace: { type: "string" },
  order: { type: "string" },
  security: { type: "boolean" },
  since: { type: "string" },
  json: { type: "boolean" },
} as const;

const USAGE = `Usage: npm run logs -- [--stack NAME] [--context NAME] [--service NAME] [--trace ID] [--order ID]
                  [--security] [--since 1h] [--json]

  npm run logs -- --order 0b6f1e0a-93ad-4d7f-a61b-3b2f0f6d6c11     what all services said of an order
  npm run logs -- --security --since 1d                            failed logins, refusals and the like
  npm run logs -- --service payment --json | jq .msg               as they were written`;

const TRACE = /^[0-9a-f]{32}$/;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const SINCE = /^([1-9]\d{0,4})(s|m|h|d)$/;
const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

/**
 * Reads the command line.
 *
 * @throws {UsageError} naming what is wrong and what is right.
 */
export function parseLogsCommand(argv: readonly string[]): LogsCommand {
  const { words, text, flag } = readOptions(argv, OPTIONS);
  if (words.length > 0) throw new UsageError(`"${words[0]}" is not an option\n\n${USAGE}`);
  const names = services.map(({ name }) => name);
  const service = text("service");
  return {
    stack: text("stack") ?? "dev",
    context: text("context"),
    json: flag("json"),
    question: {
      service: service === undefined ? undefined : oneOf("service", service, names),
      traceId: idOf("trace", text("trace"), TRACE, "32 hexadecimal digits"),
      orderId: idOf("order", text("order"), UUID, "a UUID, such as 0b6f1e0a-93ad-4d7f-a61b-3b2f0f6d6c11"),
      security: flag("security"),
      seconds: secondsOf(text("since") ?? "1h"),
    },
  };
}

function idOf(option: string, text: string | undefined, form: RegExp, described: string): string | undefined {
  const id = text?.toLowerCase();
  if (id === undefined || form.test(id)) return id;
  throw new UsageError(`--${option}: "${text}" is no id; it has ${described}`);
}

function secondsOf(text: string): number {
  const [, count, unit = ""] = SINCE.exec(text) ?? [];
  if (count !== undefined) return Number(count) * (SECONDS[unit] ?? Number.NaN);
  throw new UsageError(`--since: "${text}" is not a time; write it like 30s, 15m, 1h or 2d`);
}
