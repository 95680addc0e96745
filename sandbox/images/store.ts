/**
 * The built images on disk: an OCI image layout, which BuildKit writes and reads. It needs no registry, and what
 * several images share it holds once.
 */

import {
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";

interface Descriptor {
  readonly digest: string;
  readonly size: number;
  readonly annotations?: Readonly<Record<string, string>>;
}
interface Index {
  readonly manifests: readonly Descriptor[];
}
interface Manifest {
  readonly config: Descriptor;
  readonly layers: readonly Descriptor[];
}

/** Annotation under which BuildKit and containerd keep an image's full reference. */
const NAME = "io.containerd.image.name";

/** One content of the layout: a manifest, a configuration or a layer. */
export interface Blob {
  /** Such as `sha256:…`. */
  readonly digest: string;
  /** In bytes. */
  readonly size: number;
}

/** An image of the store. */
export interface StoredImage {
  /** Full reference, such as `sandbox.tradestack.local/order:5d1f6a0c9b3e7f42`. */
  readonly reference: string;
  /** Digest of its manifest. */
  readonly digest: string;
}

/** An image with every blob that it is made of, its manifest first. */
export interface ImageContent extends StoredImage {
  readonly blobs: readonly Blob[];
}

/** Reads and tidies the layout in one directory, which need not exist. */
export class ImageStore {
  readonly #directory: string;

  constructor(directory: string) {
    this.#directory = directory;
  }

  /** Path of a blob, whether it is there or not. */
  blobPath(digest: string): string {
    return join(this.#directory, "blobs", digest.replace(":", "/"));
  }

  /** An image by its reference; undefined when it is not there, or not whole. */
  find(reference: string): ImageContent | undefined {
    const entry = this.#entries().find(({ annotations }) => annotations?.[NAME] === reference);
    return entry === undefined ? undefined : this.#content(entry);
  }

  /** Notes that an image is still wanted, which counts when superseded ones are removed. */
  touch(image: StoredImage): void {
    const now = new Date();
    utimesSync(this.blobPath(image.digest), now, now);
  }

  /** Removes one image; what it shares with others stays. */
  remove(reference: string): void {
    this.#keepOnly(this.#entries().filter(({ annotations }) => annotations?.[NAME] !== reference));
  }

  /**
   * Removes the images of which newer ones of the same name exist, and every blob that no image needs any more.
   *
   * @param keep How many of each name stay: those wanted last.
   */
  removeSuperseded(keep: number): void {
    const byName = Map.groupBy(this.#entries(), ({ annotations }) => repositoryOf(annotations?.[NAME] ?? ""));
    const kept = [...byName.values()].flatMap((entries) =>
      entries.sort((a, b) => this.#wantedAt(b) - this.#wantedAt(a)).slice(0, keep),
    );
    this.#keepOnly(kept);
  }

  /** References of all images. */
  references(): string[] {
    return this.#entries().flatMap(({ annotations }) => annotations?.[NAME] ?? []);
  }

  #keepOnly(kept: readonly Descriptor[]): void {
    this.#writeEntries(kept);
    const needed = new Set(
      kept.flatMap((entry) => this.#content(entry)?.blobs ?? []).map(({ digest }) => digest),
    );
    const folder = join(this.#directory, "blobs", "sha256");
    for (const file of existsSync(folder) ? readdirSync(folder) : []) {
      if (!needed.has(`sha256:${file}`)) rmSync(join(folder, file), { force: true });
    }
  }

  #entries(): Descriptor[] {
    const path = join(this.#directory, "index.json");
    if (!existsSync(path)) return [];
    const index: Index = JSON.parse(readFileSync(path, "utf8"));
    return [...index.manifests];
  }

  #writeEntries(manifests: readonly Descriptor[]): void {
    const path = join(this.#directory, "index.json");
    if (!existsSync(path)) return;
    const index: Index = { ...JSON.parse(readFileSync(path, "utf8")), manifests };
    writeFileSync(`${path}.new`, JSON.stringify(index));
    renameSync(`${path}.new`, path);
  }

  #content(entry: Descriptor): ImageContent | undefined {
    if (!this.#isThere(entry)) return undefined;
    const manifest: Manifest = JSON.parse(readFileSync(this.blobPath(entry.digest), "utf8"));
    const blobs = [entry, manifest.config, ...manifest.layers];
    if (!blobs.every((blob) => this.#isThere(blob))) return undefined;
    return {
      reference: entry.annotations?.[NAME] ?? "",
      digest: entry.digest,
      blobs: blobs.map(({ digest, size }) => ({ digest, size })),
    };
  }

  #isThere({ digest, size }: Blob): boolean {
    return statSync(this.blobPath(digest), { throwIfNoEntry: false })?.size === size;
  }

  #wantedAt({ digest }: Descriptor): number {
    return statSync(this.blobPath(digest), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  }
}

/** A reference without its tag. */
export function repositoryOf(reference: string): string {
  return reference.slice(0, reference.lastIndexOf(":"));
}
