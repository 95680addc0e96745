import { readFileSync } from "node:fs";

/** How one environment variable is read: what it must look like and what holds where it is not set. */
export interface Setting<T> {
  /** Turns the text into a value; throws an Error whose message says what the text must be. */
  readonly parse: (text: string) => T;
  /** The value where the variable is not set. Without it the variable must be set. */
  readonly fallback?: T;
}

/** Environment variables by name. */
export type SettingsSpec = Readonly<Record<string, Setting<unknown>>>;

/** The values that a specification reads. */
export type SettingsOf<Spec extends SettingsSpec> = {
  readonly [Name in keyof Spec]: Spec[Name] extends Setting<infer T> ? T : never;
};

/** Settings that a service cannot start with. Each line names the variable, its problem and the remedy. */
export class SettingsError extends Error {
  override readonly name = "SettingsError";
}

/** A text, as it is. */
export const text = (fallback?: string): Setting<string> => ({
  parse: (value) => value,
  ...(fallback === undefined ? {} : { fallback }),
});

/** One of a few words. */
export const oneOf = <Word extends string>(words: readonly Word[], fallback?: Word): Setting<Word> => ({
  parse(value) {
    const word = words.find((candidate) => candidate === value);
    if (word === undefined) throw new Error(`must be one of ${words.join(", ")}`);
    return word;
  },
  ...(fallback === undefined ? {} : { fallback }),
});

/** A whole number between `min` and `max`, both included. */
export const integer = (min: number, max: number, fallback?: number): Setting<number> => ({
  parse(value) {
    const number = Number(value);
    if (value.trim() === "" || !Number.isInteger(number) || number < min || number > max) {
      throw new Error(`must be a whole number from ${min} to ${max}`);
    }
    return number;
  },
  ...(fallback === undefined ? {} : { fallback }),
});

/** A URL with one of the given protocols, such as `postgres:`. Several hosts may follow each other by commas. */
export const url = (protocols: readonly string[], fallback?: string): Setting<string> => ({
  parse(value) {
    if (!protocols.some((protocol) => value.startsWith(`${protocol}//`))) {
      throw new Error(`must be a URL that begins with ${protocols.map((p) => `${p}//`).join(" or ")}`);
    }
    return value;
  },
  ...(fallback === undefined ? {} : { fallback }),
});

/**
 * Reads settings from the environment. `NAME_FILE` names a file that holds the value and wins over `NAME`, so
 * that secrets can be mounted as files and a plain variable still does on a laptop.
 *
 * @param spec What to read, by variable name.
 * @param environment Where to read it, usually `process.env`.
 * @returns The values by variable name.
 * @throws {SettingsError} naming every variable that is missing or wrong. Values are never shown: they may be
 * secrets.
 * @example
 * const settings = readSettings({ DATABASE_URL: url(["postgres:"]), PAGE_SIZE: integer(1, 100, 20) }, process.env);
 */
export function readSettings<Spec extends SettingsSpec>(
  spec: Spec,
  environment: NodeJS.ProcessEnv,
): SettingsOf<Spec> {
  const problems: string[] = [];
  const values: Record<string, unknown> = {};
  for (const [name, setting] of Object.entries(spec)) {
    try {
      const raw = readVariable(name, environment);
      if (raw !== undefined) values[name] = setting.parse(raw);
      else if ("fallback" in setting) values[name] = setting.fallback;
      else throw new Error(`is not set; set it, or ${name}_FILE to the path of a file that holds it`);
    } catch (error) {
      problems.push(`${name} ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  if (problems.length > 0) throw new SettingsError(problems.join("\n"));
  // Every name of the specification has a value of its setting's type, or the line above has thrown.
  return values as SettingsOf<Spec>;
}

function readVariable(name: string, environment: NodeJS.ProcessEnv): string | undefined {
  const file = environment[`${name}_FILE`];
  if (file) {
    try {
      return readFileSync(file, "utf8").trim();
    } catch {
      throw new Error(`cannot be read from "${file}"; let ${name}_FILE name a readable file`);
    }
  }
  return environment[name] || undefined;
}
