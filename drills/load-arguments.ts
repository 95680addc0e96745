import { type Options, oneOf, readOptions, UsageError } from "../command-line/options.ts";
import { services } from "../services/index.ts";
import { PLATFORM_OPTIONS, PLATFORM_USAGE } from "./arguments.ts";
import { type LoadOptions, MIXES } from "./load.ts";
import type { PlatformOptions } from "./platform/platform.ts";

/** What was asked for, with every default filled in. */
export interface LoadArguments extends PlatformOptions, Omit<LoadOptions, "folder"> {
  readonly seed: number;
  readonly json: boolean;
  /** Folder for the report; undefined: the usual one. */
  readonly out: string | undefined;
}

const OPTIONS = {
  ...PLATFORM_OPTIONS,
  mix: { type: "string" },
  seconds: { type: "string" },
  rate: { type: "string" },
  soak: { type: "string" },
  profile: { type: "string" },
} as const satisfies Options;

/** The command line in short. */
export const LOAD_USAGE = `Usage: npm run load -- [options]

Looks for the highest rate that is sustained, at a constant arrival rate, and tells what answers take and orders cost.

  --mix MIX           orders alone, or shopping: browse, search, fill carts, ask prices, order, follow (default: orders)
  --seconds NUMBER    for which each rate is held (default: 15)
  --rate NUMBER       this rate, instead of looking for the highest one
  --soak MINUTES      afterwards half of the rate for so long, to see whether memory grows (default: 0)
  --profile SERVICE   where a pod of it spends its time at half of the rate, as a flame graph
${PLATFORM_USAGE}

What it measured is set beside the report that is in the folder already. Exit code: 0 the goals are reached, 1 they are
not, 2 asked for wrongly, 130 after Ctrl-C.`;

/**
 * Reads the command line.
 *
 * @returns What was asked for; undefined where it is help.
 * @throws {UsageError} naming what is wrong and what is right.
 */
export function parseLoadArguments(argv: readonly string[]): LoadArguments | undefined {
  const { words, flag, text } = readOptions(argv, OPTIONS);
  if (flag("help")) return undefined;
  if (words.length > 0)
    throw new UsageError(`"${words[0]}" is one word too many: load takes options only, such as --rate`);
  const whole = (name: "seconds" | "rate" | "soak", least: number, most: number): number | undefined => {
    const value = text(name);
    if (value === undefined) return undefined;
    const number = Number(value);
    if (/^\d+$/.test(value) && number >= least && number <= most) return number;
    throw new UsageError(`--${name} ${value} is not a whole number from ${least} to ${most}`);
  };
  return {
    mix: oneOf("mix", text("mix") ?? "orders", MIXES),
    seconds: whole("seconds", 1, 3600) ?? 15,
    rate: whole("rate", 1, 5000),
    soak: whole("soak", 0, 1440) ?? 0,
    profile:
      text("profile") === undefined
        ? undefined
        : oneOf(
            "service",
            text("profile"),
            services.map(({ name }) => name),
          ),
    seed: 1,
    stack: text("stack") ?? "dev",
    context: text("context"),
    url: text("url"),
    yesReally: text("yes-really"),
    json: flag("json"),
    out: text("out"),
  };
}
