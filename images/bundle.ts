/**
 * Bundles a service into what its image holds under /app: one program, its migrations, its web pages, and a list of
 * the npm packages inside. Run by the Dockerfile's stage "bundle", and by the sandbox before it builds that Dockerfile:
 *
 *   node images/bundle.ts SERVICE DIRECTORY
 */

import { basename } from "node:path";
import { build, type Metafile } from "esbuild";
import { LockfileError, lockedPackages, packageClosure } from "./lockfile.ts";
import { entryOf, migrationsOf, packagesOf } from "./recipes.ts";
import { readRepositoryFile, root } from "./repository.ts";
import { bundledPackages, componentList } from "./sbom.ts";
import { type BundledFile, bundleWeb, writeFiles } from "./web.ts";

/**
 * Bundles a service's program.
 *
 * @param service Its name, such as `order`.
 * @returns The files, relative to /app, and esbuild's own account of what went into them.
 * @throws {LockfileError} when what is installed is not what the lockfile says.
 * @throws esbuild's BuildFailure when the program does not compile or an import is missing.
 */
export async function bundleService(
  service: string,
): Promise<{ readonly files: readonly BundledFile[]; readonly metafile: Pick<Metafile, "inputs"> }> {
  const { outputFiles, metafile: programMetafile } = await build({
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
  const web = await bundleWeb(service);
  const metafile = { inputs: { ...programMetafile.inputs, ...web?.metafile.inputs } };
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
      ...(web?.files ?? []).map(({ path, content }) => ({ path: `web/${path}`, content })),
    ],
    metafile,
  };
}

/** The tag of an image covers the packages of the lockfile: a program with any other would bear a tag that lies. */
function refuseOtherPackages(service: string, metafile: Pick<Metafile, "inputs">): void {
  const closure = packageClosure(lockedPackages(), packagesOf(service), "services");
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
  writeFiles((await bundleService(service)).files, directory);
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
