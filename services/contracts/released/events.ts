import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { ServiceDescription } from "../../description.ts";
import { type EventContract, routingKey } from "../event.ts";
import { breakingChanges, type JsonSchema } from "./breaking-changes.ts";

/** Schemas of events by routing key, such as `order.paid.v1`. */
export type EventSchemas = Readonly<Record<string, JsonSchema>>;

/** Where the schemas are written down that others rely on. */
export const RELEASED_EVENTS = join(import.meta.dirname, "events.json");

/** Two different events have the same name and version. */
export class AmbiguousEventError extends Error {
  override readonly name = "AmbiguousEventError";
}

/** The schemas of all events that services publish or consume, by routing key. */
export function eventSchemas(services: readonly ServiceDescription[]): EventSchemas {
  const contracts = new Map<string, EventContract>();
  for (const contract of services.flatMap(({ publishes, consumes }) => [...publishes, ...consumes])) {
    const key = routingKey(contract);
    if ((contracts.get(key) ?? contract) !== contract) {
      throw new AmbiguousEventError(`there are two events ${key}; rename one, or give it another version`);
    }
    contracts.set(key, contract);
  }
  const schemas = [...contracts].map(
    ([key, { schema }]) => [key, JSON.parse(JSON.stringify(schema))] as const,
  );
  return Object.fromEntries(schemas.sort(([a], [b]) => (a < b ? -1 : 1)));
}

export const readReleasedEvents = (): EventSchemas => JSON.parse(readFileSync(RELEASED_EVENTS, "utf8"));

/**
 * Compares the events that there are with those that were released.
 *
 * @returns One message for each that breaks somebody, with the remedy; none where all is well.
 */
export function brokenEvents(released: EventSchemas, current: EventSchemas): string[] {
  return Object.entries(released).flatMap(([key, before]) => {
    const after = current[key];
    // One that nobody publishes or consumes any more breaks nobody.
    const changes = after === undefined ? [] : breakingChanges(before, after);
    if (changes.length === 0) return [];
    const [, name, version] = /^(.+)\.v(\d+)$/.exec(key) ?? [];
    const remedy = `leave ${key} as it was and add version ${Number(version) + 1} of ${name} beside it`;
    return [`${key} breaks those who rely on it: ${changes.join("; ")}. Remedy: ${remedy}`];
  });
}
