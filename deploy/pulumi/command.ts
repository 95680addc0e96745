import { accessSync, constants, statSync } from "node:fs";
import { delimiter, isAbsolute, join } from "node:path";
import type { PulumiCommand } from "@pulumi/pulumi/automation/index.js";
import { tradestackHome } from "../../sandbox/home.ts";
import { EngineError } from "../engines/engine.ts";

/** Where Pulumi's installer comes from; asked first, so that a machine without network learns it at once. */
const INSTALLER = "https://get.pulumi.com/install.sh";
/** How long the installer's host may take to answer, in milliseconds. */
const ANSWER_WITHIN = 4000;

/** The path of the `pulumi` on PATH; undefined where there is none. */
export function findPulumi(): string | undefined {
  const directories = (process.env.PATH ?? "").split(delimiter).filter(isAbsolute);
  return directories.map((directory) => join(directory, "pulumi")).find((file) => isExecutable(file));
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

/**
 * The `pulumi` on PATH, or one that Pulumi's own installer puts under this project's private directory.
 *
 * @throws {EngineError} within seconds where there is none and none can be had.
 */
export async function requirePulumi(say: (line: string) => void): Promise<PulumiCommand> {
  // The Automation API takes longer to load than a whole render; only this engine pays for it.
  const { PulumiCommand } = await import("@pulumi/pulumi/automation/index.js");
  if (findPulumi() !== undefined) return PulumiCommand.get();
  const root = join(tradestackHome(), "pulumi", "cli");
  const installed = await PulumiCommand.get({ root }).catch(() => undefined);
  if (installed !== undefined) return installed;
  try {
    const answer = await fetch(INSTALLER, { method: "HEAD", signal: AbortSignal.timeout(ANSWER_WITHIN) });
    if (!answer.ok) throw new Error(`it answers ${answer.status}`);
    say(`installing pulumi into ${root}`);
    return await PulumiCommand.install({ root });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new EngineError(
      `there is no pulumi on PATH, and its installer cannot be had from ${INSTALLER} (${why}); ` +
        "install pulumi, or use --engine render, which needs nothing",
    );
  }
}
