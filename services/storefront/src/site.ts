import { hash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { extname, join, relative } from "node:path";

/** How a file is sent to who understands it; the one that is sent as it is always exists. */
export type Encoding = "br" | "gzip" | "identity";

/** A file that visitors may ask for. */
export interface SiteFile {
  readonly type: string;
  /** Whether its name changes with its content, so that it may be kept for ever. */
  readonly immutable: boolean;
  readonly etag: string;
  readonly bodies: Readonly<Partial<Record<Encoding, Buffer>> & { identity: Buffer }>;
}

/** Files by the path that they are asked for, such as `/assets/main-5XK2.js`, and the page that shows every view. */
export interface Site {
  readonly page: SiteFile;
  readonly files: ReadonlyMap<string, SiteFile>;
}

/** Pages that cannot be served. The message says what to do about it. */
export class SiteError extends Error {
  override readonly name = "SiteError";
}

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".txt": "text/plain; charset=utf-8",
  ".webmanifest": "application/manifest+json",
};
const COMPRESSED: Readonly<Record<string, Encoding>> = { ".br": "br", ".gz": "gzip" };
const PAGE = "/index.html";

/** Where the pages are: beside a program that was bundled, in the service's `dist` where it runs from source. */
export const siteBeside = (directory: string): string => {
  const beside = join(directory, "web");
  return existsSync(beside) ? beside : join(directory, "..", "dist", "web");
};

/**
 * Reads built pages into memory; they are a few hundred kilobytes.
 *
 * @throws {SiteError} where there are none.
 */
export function readSite(directory: string): Site {
  if (!existsSync(join(directory, PAGE))) {
    throw new SiteError(
      `no pages at ${directory}; build them: node images/web.ts storefront services/storefront/dist/web`,
    );
  }
  const paths = readdirSync(directory, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => `/${relative(directory, join(entry.parentPath, entry.name))}`);
  const files = new Map<string, SiteFile>();
  for (const path of paths.filter((path) => !(extname(path) in COMPRESSED))) {
    files.set(path, readSiteFile(directory, path, paths));
  }
  const page = files.get(PAGE);
  if (page === undefined) throw new SiteError(`${directory} has no index.html`);
  // The page answers to the names of its views, not to its own.
  files.delete(PAGE);
  return { page, files };
}

function readSiteFile(directory: string, path: string, paths: readonly string[]): SiteFile {
  const type = TYPES[extname(path)];
  if (type === undefined) throw new SiteError(`${path}: no media type is known for "${extname(path)}"`);
  const identity = readFileSync(join(directory, path));
  const compressed = Object.entries(COMPRESSED)
    .filter(([extension]) => paths.includes(path + extension))
    .map(([extension, encoding]) => [encoding, readFileSync(join(directory, path + extension))] as const);
  return {
    type,
    immutable: path.startsWith("/assets/"),
    etag: `"${hash("sha256", identity, "base64url").slice(0, 22)}"`,
    bodies: { identity, ...Object.fromEntries(compressed) },
  };
}
