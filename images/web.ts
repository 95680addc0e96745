/**
 * Bundles the web pages that a service serves, if it has any, into what its image holds under /app/web: hashed
 * scripts and styles, `index.html` that names them, and everything compressed once instead of for each visitor. Run
 * by hand where a service with pages runs from source:
 *
 *   node images/web.ts SERVICE DIRECTORY
 */

import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, extname, join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { build, type Metafile } from "esbuild";
import { filesBelow, readRepositoryFile, root } from "./repository.ts";
import { webEntryOf, webFolderOf } from "./web-sources.ts";

/** A file of a bundle, relative to where it is put. */
export interface BundledFile {
  readonly path: string;
  readonly content: Uint8Array | string;
}

/** What a service's pages are built from and into. */
export interface WebBundle {
  readonly files: readonly BundledFile[];
  readonly metafile: Metafile;
}

/** Compressed pictures gain nothing by another compression. */
const COMPRESSIBLE = new Set([".html", ".js", ".css", ".svg", ".txt", ".webmanifest"]);

/**
 * Bundles a service's pages.
 *
 * @returns undefined for a service without any.
 * @throws esbuild's BuildFailure when a module does not compile or an import is missing.
 */
export async function bundleWeb(service: string): Promise<WebBundle | undefined> {
  const script = webEntryOf(service);
  if (script === undefined) return undefined;
  const folder = webFolderOf(service);
  const style = `${folder}/style/main.css`;
  const { outputFiles, metafile } = await build({
    entryPoints: [script, style],
    absWorkingDir: root,
    bundle: true,
    minify: true,
    format: "esm",
    target: ["chrome123", "firefox121", "safari17.5"],
    // What a tsconfig.json says must not change the bytes: images are built where the repository's is not.
    tsconfigRaw: {},
    jsx: "automatic",
    jsxImportSource: "preact",
    entryNames: "assets/[name]-[hash]",
    outdir: "web",
    write: false,
    metafile: true,
    preserveSymlinks: true,
    logLevel: "silent",
  });
  const built = outputFiles.map(({ path, contents }) => ({
    path: `assets/${basename(path)}`,
    content: contents,
  }));
  const publicFolder = `${folder}/public/`;
  const plain = filesBelow(publicFolder).map((path) => ({
    path: path.slice(publicFolder.length),
    content: readRepositoryFile(path),
  }));
  const page = pageWith(readRepositoryFile(`${folder}/index.html`).toString(), folder, metafile);
  const files = [{ path: "index.html", content: Buffer.from(page) }, ...plain, ...built];
  return { files: files.flatMap(withCompressed), metafile };
}

/** The page with the names of its built files instead of those of their sources. */
function pageWith(page: string, folder: string, metafile: Metafile): string {
  let result = page;
  for (const [output, { entryPoint }] of Object.entries(metafile.outputs)) {
    if (entryPoint === undefined) continue;
    const source = entryPoint.slice(folder.length);
    result = result.replaceAll(`"${source}"`, `"/assets/${basename(output)}"`);
  }
  return result;
}

function withCompressed(file: { readonly path: string; readonly content: Uint8Array }): BundledFile[] {
  if (!COMPRESSIBLE.has(extname(file.path))) return [file];
  const brotli = brotliCompressSync(file.content, {
    params: { [constants.BROTLI_PARAM_SIZE_HINT]: file.content.length },
  });
  return [
    file,
    { path: `${file.path}.br`, content: brotli },
    { path: `${file.path}.gz`, content: gzipSync(file.content, { level: 9 }) },
  ];
}

/** Writes files into a directory, which holds nothing else afterwards. */
export function writeFiles(files: readonly BundledFile[], directory: string): void {
  rmSync(directory, { recursive: true, force: true });
  for (const { path, content } of files) {
    const target = join(directory, path);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, content);
  }
}

if (import.meta.main) {
  const [service = "", directory] = process.argv.slice(2);
  const bundle = await bundleWeb(service);
  if (bundle === undefined || directory === undefined) {
    console.error("usage: node images/web.ts SERVICE DIRECTORY, where services/SERVICE has a folder web");
    process.exitCode = 2;
  } else {
    writeFiles(bundle.files, directory);
  }
}
