import * as pulumi from "@pulumi/pulumi";
import { parseSettings, type Settings } from "../settings.ts";
import { ownConfig } from "./config.ts";

/**
 * The settings of the stack that runs.
 *
 * @throws {SettingsError} as {@link parseSettings} does.
 */
export function readSettings(): Settings {
  return parseSettings(ownConfig(pulumi.runtime.allConfig()), pulumi.getStack());
}
