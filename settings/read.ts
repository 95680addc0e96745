import * as pulumi from "@pulumi/pulumi";
import { parseSettings, type Settings } from "../settings.ts";

const PREFIX = "tradestack:";

/**
 * The settings of the stack that runs.
 *
 * @throws {SettingsError} as {@link parseSettings} does.
 */
export function readSettings(): Settings {
  const raw = Object.entries(pulumi.runtime.allConfig())
    .filter(([key]) => key.startsWith(PREFIX))
    .map(([key, value]) => [key.slice(PREFIX.length), decoded(value)]);
  return parseSettings(Object.fromEntries(raw), pulumi.getStack());
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
