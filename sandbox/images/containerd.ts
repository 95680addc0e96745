/** Puts built images where the kubelet finds them: into containerd, without a registry. */

import { createReadStream, createWriteStream, rmSync } from "node:fs";
import { pipeline } from "node:stream/promises";
import { tarOf } from "../build/image-archive.ts";
import { run } from "../command.ts";
import { type Blob, type ImageContent, type ImageStore, repositoryOf } from "./store.ts";

/** The kubelet's images are in this namespace of containerd. */
const NAMESPACE = "k8s.io";

/** The images of one containerd. */
export class ContainerdImages {
  readonly #ctr: readonly string[];

  /** @param socket Path of containerd's socket. */
  constructor(socket: string) {
    this.#ctr = ["ctr", "--address", socket, "--namespace", NAMESPACE];
  }

  /** References of all images. */
  async references(): Promise<Set<string>> {
    return new Set((await this.#list()).map(({ reference }) => reference));
  }

  /**
   * Loads images. What containerd has already, such as the layers of a base, is not sent again.
   *
   * @param archive Path of a file to make on the way, removed afterwards.
   */
  async load(images: readonly ImageContent[], store: ImageStore, archive: string): Promise<void> {
    const present = new Set(await this.#lines("content", "list", "--quiet"));
    const blobs = new Map(images.flatMap((image) => image.blobs.map((blob) => [blob.digest, blob])));
    const missing = [...blobs.values()].filter(({ digest }) => !present.has(digest));
    try {
      await pipeline(
        tarOf(archiveEntries(images, missing, store)),
        createWriteStream(archive, { mode: 0o600 }),
      );
      await run([...this.#ctr, "images", "import", archive], { timeout: 300_000 });
    } finally {
      rmSync(archive, { force: true });
    }
  }

  /**
   * Removes built images that are no longer wanted, unless a container runs from them.
   *
   * @param wanted References that stay; images of other names are never touched.
   * @param repositories Names without a tag that are looked at.
   */
  async removeAllBut(wanted: ReadonlySet<string>, repositories: ReadonlySet<string>): Promise<void> {
    const inUse = new Set(
      (await this.#lines("containers", "list")).map((line) => line.split(/\s+/)[1] ?? ""),
    );
    const stale = staleReferences(
      await this.#list(),
      (reference) =>
        !repositories.has(repositoryOf(reference)) || wanted.has(reference) || inUse.has(reference),
    );
    if (stale.length > 0) await this.#lines("images", "remove", ...stale);
  }

  async #list(): Promise<ListedImage[]> {
    const [, ...rows] = await this.#lines("images", "list");
    return rows.map((row) => {
      const [reference = "", , digest = ""] = row.split(/\s+/);
      return { reference, digest };
    });
  }

  /** ctr waits for ever where nobody answers, so that it gets no more than a minute. */
  async #lines(...args: string[]): Promise<string[]> {
    const output = await run([...this.#ctr, ...args], { timeout: 60_000 });
    return output.split("\n").filter(Boolean);
  }
}

/** A row of what `ctr images list` shows. */
export interface ListedImage {
  readonly reference: string;
  /** Digest of its manifest. */
  readonly digest: string;
}

/**
 * What to remove so that only the images that are kept stay. The kubelet's side of containerd gives each image a
 * second reference, made of its configuration's digest, which would go on holding its content.
 */
export function staleReferences(
  images: readonly ListedImage[],
  isKept: (reference: string) => boolean,
): string[] {
  const named = images.filter(({ reference }) => !isSecond(reference));
  const stale = named.filter(({ reference }) => !isKept(reference));
  const staleDigests = new Set(stale.map(({ digest }) => digest));
  for (const { reference, digest } of named) if (isKept(reference)) staleDigests.delete(digest);
  const second = images.filter(({ reference, digest }) => isSecond(reference) && staleDigests.has(digest));
  return [...stale, ...second].map(({ reference }) => reference);
}

const isSecond = (reference: string): boolean => reference.startsWith("sha256:");

/** An OCI image layout as a tar file, with only some of its blobs. */
function archiveEntries(images: readonly ImageContent[], blobs: readonly Blob[], store: ImageStore) {
  const index = {
    schemaVersion: 2,
    manifests: images.map(({ reference, digest, blobs: [manifest] }) => ({
      mediaType: "application/vnd.oci.image.manifest.v1+json",
      digest,
      size: manifest?.size,
      annotations: { "io.containerd.image.name": reference },
    })),
  };
  return [
    textEntry("oci-layout", JSON.stringify({ imageLayoutVersion: "1.0.0" })),
    textEntry("index.json", JSON.stringify(index)),
    ...blobs.map(({ digest, size }) => ({
      path: `blobs/${digest.replace(":", "/")}`,
      mode: 0o644,
      size,
      content: () => createReadStream(store.blobPath(digest)),
    })),
  ];
}

function textEntry(path: string, text: string) {
  const content = Buffer.from(text);
  return { path, mode: 0o644, size: content.length, content: () => [content] };
}
