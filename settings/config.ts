const PREFIX = "tradestack:";

/**
 * This project's part of a stack's configuration, as Pulumi hands it over: every value a text.
 *
 * @param config Full keys (`tradestack:environment`) and their values.
 * @returns Keys without their prefix; objects, numbers and flags as such.
 */
export function ownConfig(config: Readonly<Record<string, string>>): Record<string, unknown> {
  const own = Object.entries(config).filter(([key]) => key.startsWith(PREFIX));
  return Object.fromEntries(own.map(([key, value]) => [key.slice(PREFIX.length), decoded(value)]));
}

/** Pulumi hands objects, numbers and flags over as JSON, and texts as they are. */
function decoded(value: string): unknown {
  if (!/^([{[]|true$|false$|\d+$)/.test(value)) return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}
