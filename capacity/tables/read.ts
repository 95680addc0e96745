import { readFileSync } from "node:fs";
import { parseQuantity } from "../../components/quantity.ts";
import { nearest } from "../../nearest.ts";
import { numberIn, PlanError } from "../error.ts";

/** One object of a table, read key by key; what it may not be is refused with its place. */
export class Row {
  /** What messages call it, such as `prices.json: nodes.m7g.large`. */
  readonly place: string;
  readonly #values: ReadonlyMap<string, unknown>;

  /** @throws {PlanError} when the value is no object, or has a key that is not among those that are known. */
  constructor(place: string, value: unknown, known?: readonly string[]) {
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      throw new PlanError(`${place} is not an object; write { … }`);
    }
    this.place = place;
    this.#values = new Map(Object.entries(value));
    for (const key of known === undefined ? [] : this.#values.keys()) {
      if (known?.includes(key)) continue;
      const meant = nearest(key, known ?? []);
      throw new PlanError(
        `${this.at(key)} is not known${meant === undefined ? "" : `; did you mean "${meant}"?`} (${known?.join(", ")})`,
      );
    }
  }

  /** The keys that it has. */
  get keys(): string[] {
    return [...this.#values.keys()];
  }

  /** What messages call a value in it. */
  at(key: string): string {
    return `${this.place}${this.place.endsWith(":") ? " " : "."}${key}`;
  }

  /** An object in it. */
  row(key: string, known?: readonly string[]): Row {
    return new Row(this.at(key), this.#values.get(key), known);
  }

  /** A number of 0 or more. */
  number(key: string): number {
    return numberIn(this.at(key), this.#values.get(key));
  }

  /** A text that is not empty. */
  text(key: string): string {
    const value = this.#values.get(key);
    if (typeof value === "string" && value.trim() !== "") return value;
    throw new PlanError(`${this.at(key)}: ${JSON.stringify(value) ?? "nothing"} is not a text; write one`);
  }

  /** A date as 2026-11-21. */
  date(key: string): string {
    const value = this.text(key);
    const isDate = /^\d{4}-\d{2}-\d{2}$/.test(value) && !Number.isNaN(Date.parse(value));
    if (isDate) return value;
    throw new PlanError(`${this.at(key)}: "${value}" is not a date; write it like 2026-11-21`);
  }

  /** A quantity as Kubernetes writes it, in CPUs or bytes. */
  quantity(key: string): number {
    const value = this.text(key);
    const quantity = parseQuantity(value);
    if (quantity !== undefined) return quantity;
    throw new PlanError(`${this.at(key)}: "${value}" is not a quantity; write it like 500m or 16Gi`);
  }

  /** Whether a key has a value. */
  has(key: string): boolean {
    return this.#values.has(key);
  }
}

/**
 * Reads a JSON file.
 *
 * @throws {PlanError} where it cannot be read or is not JSON.
 */
export function readTable(path: string, what: string): unknown {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch {
    throw new PlanError(
      `${path} cannot be read; name a file of ${what}, such as a copy of capacity/tables/${what}.json`,
    );
  }
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch (error) {
    throw new PlanError(`${path} is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}
