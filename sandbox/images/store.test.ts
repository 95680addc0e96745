import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ImageStore, repositoryOf } from "./store.ts";

let directory: string;
let store: ImageStore;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "tradestack-store-"));
  store = new ImageStore(directory);
});
afterEach(() => rmSync(directory, { recursive: true }));

function addBlob(content: string): { digest: string; size: number } {
  const hex = createHash("sha256").update(content).digest("hex");
  mkdirSync(join(directory, "blobs", "sha256"), { recursive: true });
  writeFileSync(join(directory, "blobs", "sha256", hex), content);
  return { digest: `sha256:${hex}`, size: Buffer.byteLength(content) };
}

/** Adds an image as BuildKit does; the larger `age`, the longer ago it was wanted. */
function addImage(reference: string, layers: readonly string[], age: number): string {
  const config = addBlob(`configuration of ${reference}`);
  const manifest = addBlob(JSON.stringify({ config, layers: layers.map(addBlob) }));
  utimesSync(store.blobPath(manifest.digest), 1e9 - age, 1e9 - age);
  const path = join(directory, "index.json");
  const index = existsSync(path)
    ? JSON.parse(readFileSync(path, "utf8"))
    : { schemaVersion: 2, manifests: [] };
  index.manifests.push({ ...manifest, annotations: { "io.containerd.image.name": reference } });
  writeFileSync(path, JSON.stringify(index));
  return manifest.digest;
}

const layerPath = (content: string) =>
  store.blobPath(`sha256:${createHash("sha256").update(content).digest("hex")}`);

describe("finding an image", () => {
  test("gives what it is made of, its manifest first", () => {
    const digest = addImage("host/order:1", ["base", "program"], 0);
    const found = store.find("host/order:1");
    expect(found?.digest).toBe(digest);
    expect(found?.blobs).toHaveLength(4);
    expect(found?.blobs[0]?.digest).toBe(digest);
  });

  test("has nothing to say of one that is not there, or lost a part", () => {
    expect(store.find("host/order:1")).toBeUndefined();
    addImage("host/order:1", ["base", "program"], 0);
    expect(store.find("host/order:2")).toBeUndefined();
    rmSync(layerPath("program"));
    expect(store.find("host/order:1")).toBeUndefined();
  });

  test("does not take a layer that was cut short for whole", () => {
    addImage("host/order:1", ["program"], 0);
    writeFileSync(layerPath("program"), "prog");
    expect(store.find("host/order:1")).toBeUndefined();
  });
});

describe("removing superseded images", () => {
  test("keeps the newest of each name, and every layer that one of these needs", () => {
    addImage("host/order:1", ["base", "first"], 30);
    addImage("host/order:2", ["base", "second"], 20);
    addImage("host/order:3", ["base", "third"], 10);
    addImage("host/redis:1", ["base", "redis"], 99);
    store.removeSuperseded(2);
    expect(store.references()).toEqual(["host/order:3", "host/order:2", "host/redis:1"]);
    expect(existsSync(layerPath("first"))).toBe(false);
    for (const layer of ["base", "second", "third", "redis"]) expect(existsSync(layerPath(layer))).toBe(true);
    expect(store.find("host/order:3")).toBeDefined();
  });

  test("keeps one that is wanted again, however long ago it was built", () => {
    addImage("host/order:1", ["first"], 30);
    addImage("host/order:2", ["second"], 20);
    addImage("host/order:3", ["third"], 10);
    const oldest = store.find("host/order:1");
    if (oldest !== undefined) store.touch(oldest);
    store.removeSuperseded(2);
    expect(store.references()).toEqual(["host/order:1", "host/order:3"]);
  });

  test("has nothing to do in an empty store", () => {
    store.removeSuperseded(2);
    expect(store.references()).toEqual([]);
  });
});

test("an image that is removed takes only its own layers with it", () => {
  addImage("host/order:1", ["base", "order"], 0);
  addImage("host/redis:1", ["base", "redis"], 0);
  store.remove("host/order:1");
  expect(store.references()).toEqual(["host/redis:1"]);
  expect([layerPath("order"), layerPath("base")].map((path) => existsSync(path))).toEqual([false, true]);
});

test("a reference without its tag keeps the port of its host", () => {
  expect(repositoryOf("host:5000/order:1")).toBe("host:5000/order");
});
