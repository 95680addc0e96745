/** Puts built images where the kubelet finds them: into containerd, without a registry. */

import { createReadStream, createWriteStream, rmSync } from "node:fs";
import { pipeline } from "node:stream/promises";
import { SANDBOX_REGISTRY } from "../../images/tags.ts";
import { tarOf } from "../build/image-archive.ts";
import { run } from "../command.ts";
import type { Blob, ImageContent, ImageStore } from "./store.ts";

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
    return new Set(await this.#lines("images", "list", "--quiet"));
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
    const inUse = (await this.#lines("containers", "list")).map((line) => line.split(/\s+/)[1] ?? "");
    const stale = [...(await this.references())].filter(
      (reference) =>
        reference.startsWith(`${SANDBOX_REGISTRY}/`) &&
        repositories.has(reference.slice(0, reference.lastIndexOf(":"))) &&
        !wanted.has(reference) &&
        !inUse.includes(reference),
    );
    if (stale.length > 0) await this.#lines("images", "remove", ...stale);
  }

  /** ctr waits for ever where nobody answers, so that it gets no more than a minute. */
  async #lines(...args: string[]): Promise<string[]> {
    const output = await run([...this.#ctr, ...args], { timeout: 60_000 });
    return output.split("\n").filter(Boolean);
  }
}

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
