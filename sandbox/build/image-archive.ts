/** Container images of single static programs, without any builder: a tar archive as `ctr` imports it. */

import { createHash } from "node:crypto";
import { createReadStream, createWriteStream, statSync } from "node:fs";
import { pipeline } from "node:stream/promises";

const BLOCK = 512;

/** An image that holds one program and nothing else. */
export interface ProgramImage {
  /** Full reference, tag included. */
  readonly reference: string;
  /** Path of the static program. */
  readonly program: string;
  /** Arguments before those that a pod gives. */
  readonly entrypoint: readonly string[];
}

/**
 * Writes the image as a docker-archive. The same program gives the same bytes.
 *
 * @param image What it holds; its program appears as the entry point's first word.
 * @param path Where the archive goes.
 */
export async function writeImageArchive(image: ProgramImage, path: string): Promise<void> {
  const size = statSync(image.program).size;
  const inImage = (image.entrypoint[0] ?? "").replace(/^\//, "");
  const layer = () =>
    tarOf([{ path: inImage, mode: 0o755, size, content: () => createReadStream(image.program) }]);
  const hash = createHash("sha256");
  for await (const chunk of layer()) hash.update(chunk);
  const config = JSON.stringify({
    architecture: process.arch === "x64" ? "amd64" : process.arch,
    os: "linux",
    created: "1970-01-01T00:00:00Z",
    config: { Entrypoint: image.entrypoint, User: "65532:65532", WorkingDir: "/" },
    rootfs: { type: "layers", diff_ids: [`sha256:${hash.digest("hex")}`] },
    history: [{ created: "1970-01-01T00:00:00Z", created_by: "tradestack" }],
  });
  const configName = `${createHash("sha256").update(config).digest("hex")}.json`;
  const manifest = JSON.stringify([
    { Config: configName, RepoTags: [image.reference], Layers: ["layer.tar"] },
  ]);
  const archive = tarOf([
    textEntry("manifest.json", manifest),
    textEntry(configName, config),
    { path: "layer.tar", mode: 0o644, size: tarSize([size]), content: layer },
  ]);
  await pipeline(archive, createWriteStream(path, { mode: 0o600 }));
}

interface Entry {
  readonly path: string;
  readonly mode: number;
  readonly size: number;
  readonly content: () => AsyncIterable<Buffer> | Iterable<Buffer>;
}

function textEntry(path: string, text: string): Entry {
  const content = Buffer.from(text);
  return { path, mode: 0o644, size: content.length, content: () => [content] };
}

const padding = (size: number): number => (BLOCK - (size % BLOCK)) % BLOCK;

const tarSize = (sizes: readonly number[]): number =>
  sizes.reduce((sum, size) => sum + BLOCK + size + padding(size), 2 * BLOCK);

/** The bytes of a tar file (POSIX ustar): owner root, time zero. */
export async function* tarOf(entries: readonly Entry[]): AsyncGenerator<Buffer> {
  for (const entry of entries) {
    yield tarHeader(entry);
    for await (const chunk of entry.content()) yield chunk;
    yield Buffer.alloc(padding(entry.size));
  }
  yield Buffer.alloc(2 * BLOCK);
}

function tarHeader(entry: Pick<Entry, "path" | "mode" | "size">): Buffer {
  const header = Buffer.alloc(BLOCK);
  const octal = (value: number, at: number, width: number) =>
    header.write(`${value.toString(8).padStart(width - 1, "0")}\0`, at, "latin1");
  header.write(entry.path, 0, 100, "utf8");
  octal(entry.mode, 100, 8);
  octal(0, 108, 8); // owner
  octal(0, 116, 8); // group
  octal(entry.size, 124, 12);
  octal(0, 136, 12); // time
  header.write("        0", 148, "latin1"); // check sum as blanks while it is made; type: a file
  header.write("ustar\u000000", 257, "latin1");
  octal(
    header.reduce((sum, byte) => sum + byte, 0),
    148,
    7,
  );
  return header;
}
