/** The images of the sandbox's own pods, made of the programs it compiled. */

import { rmSync } from "node:fs";
import { basename, join } from "node:path";
import { run } from "../command.ts";
import type { Layout } from "../node/layout.ts";
import type { BinaryPaths } from "./binaries.ts";
import { type ProgramImage, writeImageArchive } from "./image-archive.ts";

/** References of the system images, by what they hold. */
export interface SystemImages {
  readonly pause: string;
  readonly kube: string;
  readonly traefik: string;
}

/** Names of the images for these programs; the tag is the hash in the program's name. */
export function systemImages(paths: BinaryPaths): SystemImages {
  const reference = (name: string, path: string) =>
    `sandbox.tradestack.local/${name}:${basename(path).replace(/^.*-/, "")}`;
  return {
    pause: reference("pause", paths.node),
    kube: reference("kube", paths.kube),
    traefik: reference("traefik", paths.traefik),
  };
}

/** A `ctr` command line for the images that the kubelet sees. */
export const ctr = (layout: Layout, ...args: string[]): string[] => [
  ...["ctr", "--address", layout.containerdSocket, "--namespace", "k8s.io", ...args],
];

/**
 * Brings into containerd what it lacks of the system images, and removes those of older programs.
 *
 * @param detail Takes the name of the image that is being loaded.
 */
export async function loadSystemImages(
  layout: Layout,
  paths: BinaryPaths,
  detail: (text: string) => void,
): Promise<void> {
  const names = systemImages(paths);
  const images: readonly ProgramImage[] = [
    { reference: names.pause, program: paths.node, entrypoint: ["/node", "pause"] },
    { reference: names.kube, program: paths.kube, entrypoint: ["/kube"] },
    { reference: names.traefik, program: paths.traefik, entrypoint: ["/traefik"] },
  ];
  const listed = await run(ctr(layout, "images", "list", "-q"), { timeout: 30_000 });
  const present = new Set(listed.split("\n"));
  for (const image of images.filter(({ reference }) => !present.has(reference))) {
    detail(image.reference);
    const archive = join(layout.run, "image.tar");
    try {
      await writeImageArchive(image, archive);
      await run(ctr(layout, "images", "import", archive), { timeout: 300_000 });
    } finally {
      rmSync(archive, { force: true });
    }
  }
  const current: readonly string[] = Object.values(names);
  const stale = [...present].filter(
    (name) => /^sandbox\.tradestack\.local\/(pause|kube|traefik):/.test(name) && !current.includes(name),
  );
  if (stale.length > 0) await run(ctr(layout, "images", "remove", ...stale), { timeout: 60_000 });
}
