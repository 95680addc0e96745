import { parseQuantity } from "../components/quantity.ts";
import { nearest } from "../nearest.ts";
import { SettingsError } from "./error.ts";

/** A DNS label or subdomain, which names of objects, classes and hosts are. */
const DNS_NAME = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;

/**
 * One object of a stack's settings, read key by key. It remembers which keys were asked for, so that
 * {@link Section.refuseUnknownKeys} can name the one that nobody knows, and the one it was meant to be.
 */
export class Section {
  readonly path: string;
  readonly #values: Readonly<Record<string, unknown>>;
  readonly #known = new Set<string>();

  /**
   * @param path What messages put before a key, such as `tradestack:redis`.
   * @param values The object; undefined where the stack leaves it out.
   * @throws {SettingsError} when it is something else than an object.
   */
  constructor(path: string, values: unknown) {
    if (values !== undefined && (typeof values !== "object" || values === null || Array.isArray(values))) {
      throw new SettingsError(`${path}: ${show(values)} is not an object; write its keys on lines below it`);
    }
    this.path = path;
    this.#values = (values ?? {}) as Readonly<Record<string, unknown>>;
  }

  /** The keys that the stack sets. */
  keys(): readonly string[] {
    return Object.keys(this.#values);
  }

  /** Full name of a key, as messages show it: `tradestack:redis.replicas`, and `tradestack:redis` at the top. */
  name(key: string): string {
    return this.path.endsWith(":") ? `${this.path}${key}` : `${this.path}.${key}`;
  }

  /** An object within this one. */
  section(key: string): Section {
    return new Section(this.name(key), this.#take(key));
  }

  /** A list of objects. */
  sections(key: string): readonly Section[] {
    const value = this.#take(key);
    if (value === undefined) return [];
    if (!Array.isArray(value)) return this.refuse(key, "is not a list; write each of its items after a dash");
    return value.map((item: unknown, index) => new Section(`${this.name(key)}[${index}]`, item));
  }

  /** Whether the stack sets this key. */
  has(key: string): boolean {
    return this.#take(key) !== undefined;
  }

  /** A text that is not empty. */
  text(key: string): string | undefined {
    const value = this.#take(key);
    if (value === undefined) return undefined;
    if (typeof value !== "string" || value.trim() === "") this.refuse(key, "is not a text; write one");
    return value as string;
  }

  /** A name as DNS allows it. */
  dnsName(key: string): string | undefined {
    const value = this.text(key);
    if (value !== undefined && !DNS_NAME.test(value)) {
      this.refuse(key, "is not a DNS name; use lower-case letters, digits, dashes and dots");
    }
    return value;
  }

  /** One of a few words. */
  oneOf<Word extends string>(key: string, words: readonly Word[]): Word | undefined {
    const value = this.text(key);
    if (value === undefined) return undefined;
    const word = words.find((candidate) => candidate === value);
    return word ?? this.refuse(key, `is none of ${words.join(", ")}${suggestion(value, words)}`);
  }

  /** A whole number from `min` to `max`. */
  integer(key: string, min: number, max: number): number | undefined {
    const value = this.#take(key);
    if (value === undefined) return undefined;
    if (typeof value !== "number" || !Number.isInteger(value) || value < min || value > max) {
      this.refuse(key, `is not a whole number from ${min} to ${max}`);
    }
    return value as number;
  }

  /** A number from `min` to `max`. */
  number(key: string, min: number, max: number): number | undefined {
    const value = this.#take(key);
    if (value === undefined) return undefined;
    if (typeof value !== "number" || !(value >= min && value <= max)) {
      this.refuse(key, `is not a number from ${min} to ${max}`);
    }
    return value as number;
  }

  /** Whole numbers from `min` to `max`. */
  integers(key: string, min: number, max: number): readonly number[] | undefined {
    const value = this.#take(key);
    if (value === undefined) return undefined;
    const fits = (item: unknown) =>
      typeof item === "number" && Number.isInteger(item) && item >= min && item <= max;
    if (!Array.isArray(value) || !value.every(fits)) {
      this.refuse(key, `is not a list of whole numbers from ${min} to ${max}`);
    }
    return value as number[];
  }

  /** A list of texts, none of them empty. */
  texts(key: string): string[] | undefined {
    const value = this.#take(key);
    if (value === undefined) return undefined;
    const isText = (item: unknown) => typeof item === "string" && item.trim() !== "";
    if (!Array.isArray(value) || !value.every(isText))
      this.refuse(key, "is not a list of texts; write it like [a, b]");
    return value as string[];
  }

  /** A text, number or flag, as the text that a variable holds. */
  scalar(key: string): string {
    const value = this.#take(key);
    if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") {
      return String(value);
    }
    return this.refuse(key, "is neither a text nor a number nor a flag; write one");
  }

  /** True or false. */
  flag(key: string): boolean | undefined {
    const value = this.#take(key);
    if (value !== undefined && typeof value !== "boolean") this.refuse(key, "is neither true nor false");
    return value as boolean | undefined;
  }

  /** A quantity such as `250m` or `128Mi`. */
  quantity(key: string): string | undefined {
    const value = this.#take(key);
    if (value === undefined) return undefined;
    const text = typeof value === "number" ? String(value) : value;
    if (typeof text !== "string" || parseQuantity(text) === undefined) {
      this.refuse(key, 'is not a quantity above 0; write it like "250m", "0.5" or "128Mi"');
    }
    return text as string;
  }

  /**
   * @param key Key whose value is refused.
   * @param problem What is wrong with it and what to do.
   * @throws {SettingsError} always.
   */
  refuse(key: string, problem: string): never {
    throw new SettingsError(`${this.name(key)}: ${show(this.#values[key])} ${problem}`);
  }

  /**
   * To be called once every known key was read.
   *
   * @throws {SettingsError} naming the first unknown key, and the nearest known one.
   */
  refuseUnknownKeys(): void {
    const known = [...this.#known];
    for (const key of this.keys()) {
      if (this.#known.has(key)) continue;
      throw new SettingsError(
        `${this.name(key)} is not a setting${suggestion(key, known)}; known here: ${known.sort().join(", ")}`,
      );
    }
  }

  /**
   * Names the keys that there are, before any is read: a mistyped key is then told as one, not as one missing.
   *
   * @throws {SettingsError} naming the first unknown key, and the nearest known one.
   */
  allow(keys: readonly string[]): void {
    for (const key of keys) this.#known.add(key);
    this.refuseUnknownKeys();
  }

  #take(key: string): unknown {
    this.#known.add(key);
    return this.#values[key] ?? undefined;
  }
}

/** ` (did you mean "x"?)`, or nothing where no candidate is near. */
export function suggestion(word: string, candidates: readonly string[]): string {
  const candidate = nearest(word, candidates);
  return candidate === undefined ? "" : ` (did you mean "${candidate}"?)`;
}

function show(value: unknown): string {
  return JSON.stringify(value) ?? "nothing";
}
