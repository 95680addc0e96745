import * as pulumi from "@pulumi/pulumi";
import { parseSettings, type Settings } from "../settings.ts";
import { baseOf } from "./base.ts";
import { ownConfig } from "./config.ts";

/**
 * The settings of the stack that runs, over those of its base.
 *
 * @throws {SettingsError} as {@link parseSettings} does, and for a base that cannot be used.
 */
export async function readSettings(): Promise<Settings> {
  const own = ownConfig(pulumi.runtime.allConfig());
  const base = baseOf(own);
  if (base === undefined) return parseSettings(own, pulumi.getStack());
  const { readOverBase } = await import("./base-file.ts");
  return parseSettings(readOverBase(own, base), pulumi.getStack());
}
