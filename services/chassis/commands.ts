import type { Logger } from "./log.ts";
import { createMetrics } from "./metrics.ts";
import { openResources, type Resources } from "./resources.ts";
import type { Service } from "./service.ts";
import { readSettings, type SettingsOf, type SettingsSpec } from "./settings.ts";

/** What a command gets to work with. */
export interface CommandContext<Spec extends SettingsSpec = SettingsSpec> {
  readonly resources: Resources;
  readonly settings: SettingsOf<Spec>;
  readonly log: Logger;
  /** Writes a text and a line break to standard output, which carries nothing else: logs go to standard error. */
  print(text: string): void;
}

/** Something that people or jobs do with a service beside running it: `node main.js reconcile --since 24h`. */
export interface Command<Spec extends SettingsSpec = SettingsSpec> {
  /** One line for people: what it does and how it is called. */
  readonly summary: string;
  /**
   * Does it. What it throws is logged and ends the process with status 2.
   *
   * @param args What follows the command's name.
   * @returns The status that the process ends with, 0 where all is well.
   */
  readonly run: (context: CommandContext<Spec>, args: readonly string[]) => Promise<number>;
}

/** Where a command runs; the defaults are what a pod needs. */
export interface CommandOptions {
  readonly environment: NodeJS.ProcessEnv;
  readonly log: Logger;
  readonly print: (text: string) => void;
}

/** Status of a command that could not do its work. */
export const COMMAND_FAILED = 2;

/**
 * Runs one of a service's commands with the settings and resources that the service itself has. The service need
 * not run at the same time.
 *
 * @returns The command's status; {@link COMMAND_FAILED} where it could not do its work.
 */
export async function runCommand<Spec extends SettingsSpec>(
  service: Pick<Service<Spec>, "description" | "settings">,
  command: Command<Spec>,
  args: readonly string[],
  { environment, log, print }: CommandOptions,
): Promise<number> {
  try {
    const settings = readSettings(service.settings, environment);
    const resources = openResources(service.description, environment, log, createMetrics());
    try {
      return await command.run({ resources, settings, log, print }, args);
    } finally {
      await resources.close();
    }
  } catch (error) {
    log.error({ err: error }, "the command failed");
    return COMMAND_FAILED;
  }
}
