/** What command lines have in common: options that are checked, and mistakes that are told with what would be right. */

import { type ParseArgsConfig, parseArgs } from "node:util";
import { nearest } from "../nearest.ts";

/** The command line makes no sense; the message says what would. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** The options that a command line may have, by their long names, as `parseArgs` of Node takes them. */
export type Options = NonNullable<ParseArgsConfig["options"]>;

/** A command line whose options are known and have the values that they need. */
export interface CommandLine<Name extends string> {
  /** What is no option, in order. */
  readonly words: readonly string[];
  /** The options that were given. */
  readonly given: ReadonlySet<string>;
  /** Whether an option without value was given. */
  readonly flag: (name: Name) => boolean;
  /** The value of an option, the last one where there are several. */
  readonly text: (name: Name) => string | undefined;
  /** All values of an option that may be given several times. */
  readonly texts: (name: Name) => readonly string[];
}

/**
 * Reads a command line: `parseArgs`' own strictness knows no suggestions.
 *
 * @param argv What follows the script's name.
 * @throws {UsageError} for an option that is unknown, lacks its value or has one that it does not take.
 * @example readOptions(["--stack", "prod"], { stack: { type: "string" } }).text("stack") // "prod"
 */
export function readOptions<const Known extends Options>(
  argv: readonly string[],
  options: Known,
): CommandLine<Extract<keyof Known, string>> {
  const known: Options = options;
  const { values, positionals, tokens } = parseArgs({
    args: [...argv],
    options: known,
    allowPositionals: true,
    strict: false,
    tokens: true,
  });
  const given = tokens.filter((token) => token.kind === "option");
  for (const option of given) checkOption(option, known);
  const texts = (name: string) => [values[name]].flat().filter((value) => typeof value === "string");
  return {
    words: positionals,
    given: new Set(given.map(({ name }) => name)),
    flag: (name) => values[name] === true,
    text: (name) => texts(name).at(-1),
    texts,
  };
}

/** The part of a token of `parseArgs` that is checked here. */
interface Given {
  readonly name: string;
  readonly rawName: string;
  readonly value?: string | undefined;
}

function checkOption({ name, rawName, value }: Given, options: Options): void {
  const option = Object.hasOwn(options, name) ? options[name] : undefined;
  if (option === undefined) {
    const hint = nearest(name, Object.keys(options));
    throw new UsageError(`${rawName} is not an option${hint ? `; did you mean --${hint}?` : ""}`);
  }
  if (option.type === "string" && (value === undefined || value === "" || value.startsWith("--"))) {
    throw new UsageError(`${rawName} needs a value: ${rawName} NAME`);
  }
  if (option.type === "boolean" && value !== undefined) {
    throw new UsageError(`${rawName} takes no value; leave out "${value}"`);
  }
}

/**
 * A word that is one of those that mean something.
 *
 * @throws {UsageError} where it is missing or another, with the nearest one.
 */
export function oneOf<Word extends string>(
  what: string,
  word: string | undefined,
  words: readonly Word[],
): Word {
  const found = words.find((candidate) => candidate === word);
  if (found !== undefined) return found;
  if (word === undefined) throw new UsageError(`no ${what} was given; choose one of ${words.join(", ")}`);
  const hint = nearest(word, words);
  throw new UsageError(
    `"${word}" is not a known ${what}${hint ? `; did you mean "${hint}"?` : ""} (${words.join(", ")})`,
  );
}
