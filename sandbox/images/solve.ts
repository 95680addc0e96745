/** Builds one image: brings together what its Dockerfile copies from, and has BuildKit put the result in the store. */

import { copyFileSync, existsSync, mkdirSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { writeBundle } from "../../images/bundle.ts";
import { type CompiledProgram, fromName, type Recipe } from "../../images/recipes.ts";
import { root } from "../../images/repository.ts";
import { imageReference } from "../../images/tags.ts";
import { NODE_VERSION } from "../../versions.ts";
import { compile, goVersion, programPath } from "../build/binaries.ts";
import { CommandError, run } from "../command.ts";
import { makeDebianRoot } from "./debian-root.ts";
import { ImageBuildError } from "./errors.ts";
import type { ImagesLayout } from "./layout.ts";
import { SolveLog } from "./solve-log.ts";
import type { ImageStore } from "./store.ts";

/** No file of an image is newer than this (1 January 2026), so that the same content has the same digest. */
const EPOCH = 1_767_225_600;

/** Where a build takes its files from. */
interface Contexts {
  /** Directory that COPY and ADD read. */
  readonly main: string;
  /** Directories that stand for a stage of the Dockerfile, by its name. */
  readonly stages: Readonly<Record<string, string>>;
}

/**
 * Builds an image into the store.
 *
 * @param reference The reference it gets.
 * @param client Command line of BuildKit's client.
 * @param detail Takes the step that the build is at.
 * @throws {ImageBuildError} naming the image and the failing step, with that step's own last lines.
 */
export async function solve(
  recipe: Recipe,
  reference: string,
  client: readonly string[],
  layout: ImagesLayout,
  store: ImageStore,
  detail: (text: string) => void,
  signal?: AbortSignal,
): Promise<void> {
  const own = join(layout.contexts, recipe.name);
  mkdirSync(own, { recursive: true, mode: 0o700 });
  const log = new SolveLog();
  try {
    const contexts = await prepare(recipe, own, layout, detail, signal);
    const command = [...client, ...buildArguments(recipe, reference, contexts, layout, store)];
    const onLine = (line: string) => {
      const begun = log.read(line);
      if (begun !== undefined) detail(begun);
    };
    await run(command, { signal, onLine });
  } catch (error) {
    signal?.throwIfAborted();
    if (!(error instanceof CommandError)) throw error;
    const words = log.failure() || error.message;
    throw new ImageBuildError(`image "${recipe.name}" (${recipe.folder}/Dockerfile): ${words}`, {
      cause: error,
    });
  } finally {
    rmSync(own, { recursive: true, force: true });
  }
}

/** @param own An empty directory of this build's own. */
async function prepare(
  recipe: Recipe,
  own: string,
  layout: ImagesLayout,
  detail: (text: string) => void,
  signal: AbortSignal | undefined,
): Promise<Contexts> {
  if (recipe.name === "debian") {
    await makeDebianRoot(join(own, "rootfs.tar"), EPOCH, detail, signal);
    return { main: own, stages: {} };
  }
  if (recipe.name === "node") return { main: dirname(installedNode()), stages: {} };
  if (recipe.program !== undefined) {
    copyFileSync(await compiled(recipe.program, layout, detail, signal), join(own, recipe.program.name));
    return { main: own, stages: {} };
  }
  const folder = join(root, recipe.folder);
  if (recipe.service === undefined) return { main: folder, stages: {} };
  detail("bundling");
  await writeBundle(recipe.service, join(own, "app"));
  return { main: folder, stages: { bundle: own } };
}

/** Path of a program, which is compiled where it was not yet. */
async function compiled(
  program: CompiledProgram,
  layout: ImagesLayout,
  detail: (text: string) => void,
  signal: AbortSignal | undefined,
): Promise<string> {
  const path = programPath(program, layout.bin, await goVersion());
  if (!existsSync(path)) await compile(program, path, detail, signal);
  return path;
}

/** The program in the npm package of this machine's architecture. */
function installedNode(): string {
  const name = `node-linux-${process.arch}`;
  try {
    const manifest = createRequire(import.meta.url).resolve(`${name}/package.json`);
    const path = join(dirname(manifest), "bin", "node");
    if (existsSync(path)) return path;
  } catch {
    // not installed: said below
  }
  throw new ImageBuildError(`image "node": the npm package ${name}@${NODE_VERSION} is missing; run npm ci`);
}

/** Proxies of this machine: arguments that every Dockerfile has, and that leave no trace in the image. */
function proxies(): Record<string, string> {
  const names = ["http_proxy", "https_proxy", "no_proxy"];
  const set = names.map((name) => [
    `build-arg:${name}`,
    process.env[name] ?? process.env[name.toUpperCase()],
  ]);
  return Object.fromEntries(set.filter(([, value]) => value !== undefined));
}

function buildArguments(
  recipe: Recipe,
  reference: string,
  contexts: Contexts,
  layout: ImagesLayout,
  store: ImageStore,
): string[] {
  const local = { context: contexts.main, dockerfile: join(root, recipe.folder), ...contexts.stages };
  const options: Record<string, string> = { "build-arg:SOURCE_DATE_EPOCH": String(EPOCH), ...proxies() };
  for (const stage of Object.keys(contexts.stages)) options[`context:${stage}`] = `local:${stage}`;
  for (const base of recipe.bases) {
    options[`context:${fromName(base)}`] = `oci-layout://store@${store.find(imageReference(base))?.digest}`;
  }
  if (recipe.target !== undefined) options.target = recipe.target;
  const output = {
    type: "oci",
    dest: layout.store,
    tar: false,
    name: reference,
    "oci-mediatypes": true,
    "rewrite-timestamp": true,
    // Three times quicker than gzip, and a little smaller.
    compression: "zstd",
    "force-compression": true,
  };
  const flags = (flag: string, values: object) =>
    Object.entries(values).flatMap(([name, value]) => [flag, `${name}=${value}`]);
  return [
    ...["build", "--progress=rawjson", "--frontend=dockerfile.v0"],
    ...flags("--local", local),
    ...flags("--opt", options),
    ...(recipe.bases.length === 0 ? [] : ["--oci-layout", `store=${layout.store}`]),
    ...[
      "--output",
      Object.entries(output)
        .map((entry) => entry.join("="))
        .join(","),
    ],
  ];
}
