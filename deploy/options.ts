/** What command lines have in common: options that are checked, and mistakes that are told with what would be right. */

import type { ParseArgsConfig } from "node:util";
import { nearest } from "../nearest.ts";

/** The command line makes no sense; the message says what would. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** The part of a token of `parseArgs` that is checked here. */
interface Token {
  readonly kind: string;
  readonly name?: string;
  readonly rawName?: string;
  readonly value?: string | undefined;
}

/**
 * Checks the options of a command line: `parseArgs`' own strictness knows no suggestions.
 *
 * @throws {UsageError} for one that is unknown, lacks its value or has one that it does not take.
 */
export function checkOptions(
  tokens: readonly Token[],
  options: NonNullable<ParseArgsConfig["options"]>,
): void {
  for (const { kind, name = "", rawName = "", value } of tokens) {
    if (kind !== "option") continue;
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
