import { execFile } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseDocument } from "yaml";
import { type Checkout, findCommit, layOut } from "../../deploy/compare/checkout.ts";
import { ROOT } from "../../deploy/stack/read.ts";
import { services } from "../../services/index.ts";
import { NotApplicableError, type Stage } from "../runner/drill.ts";
import type { Platform } from "./platform.ts";

/** Most that an update may say, in bytes. */
const MOST = 1 << 26;

/** What no setting can be. */
export const SPOILT = "spoilt by a drill";

/** How an update ended. */
export interface Update {
  /** Exit code of `npm run up`: 0 the platform is up. */
  readonly code: number;
  readonly seconds: number;
  /** Why it failed, in its own words; empty where it did not. */
  readonly why: string;
}

/**
 * Brings up what a checkout describes, as `npm run up` does there: over whatever runs.
 *
 * @param directory The checkout. Default: this one.
 */
export async function bringUp(
  { stack }: Pick<Platform, "stack">,
  directory = ROOT,
  signal?: AbortSignal,
): Promise<Update> {
  const started = performance.now();
  const words = [join(directory, "deploy/cli.ts"), "up", "--stack", stack, "--yes", "--json"];
  const options = { cwd: directory, maxBuffer: MOST, ...(signal === undefined ? {} : { signal }) };
  const { code, said } = await new Promise<{ code: number; said: string }>((resolve) =>
    execFile(process.execPath, words, options, (error, stdout, stderr) =>
      resolve({
        code: error === null ? 0 : typeof error.code === "number" ? error.code : 1,
        said: `${stderr}${stdout}`,
      }),
    ),
  );
  signal?.throwIfAborted();
  const seconds = (performance.now() - started) / 1000;
  return { code, seconds, why: code === 0 ? "" : reasonIn(said) };
}

/** Brings up what has to come up. */
export async function mustBringUp(
  platform: Pick<Platform, "stack">,
  directory = ROOT,
  signal?: AbortSignal,
): Promise<number> {
  const { code, seconds, why } = await bringUp(platform, directory, signal);
  if (code !== 0) throw new Error(`the update from ${directory} failed: ${why}`);
  return seconds;
}

/** What an update with `--json` says of its failure: in its last event, or else in its last words. Pure. */
export function reasonIn(said: string): string {
  const lines = said.trim().split("\n");
  for (const line of lines.toReversed()) {
    const [, told] = /^\{"event":"end".*"error":("(?:[^"\\]|\\.)*")/.exec(line) ?? [];
    if (told !== undefined) return String(JSON.parse(told));
  }
  return lines.slice(-5).join("\n");
}

/**
 * Lays out a commit of this repository for as long as the drill lasts.
 *
 * @param ref A branch, tag or commit.
 * @throws {NotApplicableError} where there is no such thing.
 */
export function layOutVersion(ref: string, { repairs }: Pick<Stage, "repairs">): Checkout {
  const commit = findCommit(ref, ROOT);
  if (commit === undefined)
    throw new NotApplicableError(`there is no branch, tag or commit ${ref} in ${ROOT}`);
  const checkout = layOut(commit, ROOT);
  repairs.owe(`the files of ${ref} are gone`, async () => checkout.remove());
  return checkout;
}

/** Gives a service of a checkout a setting with which it does not start. */
export function spoil({ directory }: Checkout, stack: string, service: string, setting: string): void {
  const file = join(directory, `Pulumi.${stack}.yaml`);
  const settings = parseDocument(readFileSync(file, "utf8"));
  settings.setIn(["config", "tradestack:services", service, "environment", setting], SPOILT);
  writeFileSync(file, settings.toString());
}

/** The image that each service runs, by the service's name; `none` where a version does not have the service. */
export async function imagesOf({ cluster, namespace }: Platform): Promise<Map<string, string>> {
  return new Map(
    await Promise.all(
      services.map(
        async ({ name }) => [name, await cluster.imageOf(namespace, name).catch(() => "none")] as const,
      ),
    ),
  );
}
