/**
 * Bundles a service into what its image holds under /app: one program, its migrations, and a list of the npm
 * packages inside. Run by the Dockerfile's stage "bundle", and by the sandbox before it builds that Dockerfile:
 *
 *   node images/bundle.ts SERVICE DIRECTORY
 */

import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { build, type Metafile } from "esbuild";
import { LockfileError, lockedPackages, packageClosure } from "./lockfile.ts";
import { entryOf, migrationsOf } from "./recipes.ts";
import { readRepositoryFile, root } from "./repository.ts";
import { bundledPackages, componentList } from "./sbom.ts";
import { sourceClosure } from "./source-closure.ts";

/** A file of the image, relative to /app. */
export interface BundledFile {
  readonly path: string;
  readonly content: Uint8Array | string;
}

/**
 * Bundles a service's program.
 *
 * @param service Its name, such as `order`.
 * @returns The files, and esbuild's own account of what went into the program.
 * @throws {LockfileError} when what is installed is not what the lockfile says.
 * @throws esbuild's BuildFailure when the program does not compile or an import is missing.
 */
export async function bundleService(
  service: string,
): Promise<{ readonly files: readonly BundledFile[]; readonly metafile: Metafile }> {
  const { outputFiles, metafile } = await build({
    entryPoints: [entryOf(service)],
    absWorkingDir: root,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node26",
    outfile: "main.js",
    write: false,
    metafile: true,
    // Paths are as the lockfile has them, and the same bytes come out, wherever node_modules really is.
    preserveSymlinks: true,
    // pg looks for its native client only when asked to.
    external: ["pg-native"],
    // CommonJS packages inside an ES module call require for Node's own modules.
    banner: {
      js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);',
    },
    logLevel: "silent",
  });
  refuseOtherPackages(service, metafile);
  const program = outputFiles.map((file) => ({ path: basename(file.path), content: file.contents }));
  const migrations = migrationsOf(service).map((path) => ({
    path: `migrations/${basename(path)}`,
    content: readRepositoryFile(path),
  }));
  return {
    files: [
      ...program,
      { path: "package.json", content: `${JSON.stringify({ name: service, type: "module" })}\n` },
      {
        path: "sbom.cdx.json",
        content: `${JSON.stringify(componentList(service, metafile), undefined, 2)}\n`,
      },
      ...migrations,
    ],
    metafile,
  };
}

/** The tag of an image covers the packages of the lockfile: a program with any other would bear a tag that lies. */
function refuseOtherPackages(service: string, metafile: Metafile): void {
  const { packages } = sourceClosure(entryOf(service));
  const closure = packageClosure(lockedPackages(), packages, "services");
  const covered = new Set(closure.map((line) => line.split(" ", 2).join(" ")));
  for (const folder of bundledPackages(metafile)) {
    const { version } = JSON.parse(readRepositoryFile(`${folder}/package.json`).toString());
    if (covered.has(`${folder} ${version}`)) continue;
    throw new LockfileError(
      `${folder} ${version}, which ${service} would be bundled with, is not what package-lock.json has; run npm ci`,
    );
  }
}

/** Writes a service's bundle into a directory, which holds nothing else afterwards. */
export async function writeBundle(service: string, directory: string): Promise<void> {
  const { files } = await bundleService(service);
  rmSync(directory, { recursive: true, force: true });
  for (const { path, content } of files) {
    const target = join(directory, path);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, content);
  }
}

if (import.meta.main) {
  const [service, directory] = process.argv.slice(2);
  if (service === undefined || service === "" || directory === undefined) {
    console.error("usage: node images/bundle.ts SERVICE DIRECTORY (docker build --build-arg SERVICE=…)");
    process.exitCode = 2;
  } else {
    await writeBundle(service, directory);
  }
}
