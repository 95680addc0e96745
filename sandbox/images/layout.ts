/** Where the image builder keeps what it makes. */

import { join } from "node:path";
import { layoutOf } from "../node/layout.ts";

/** Paths of the image builder. Made by {@link imagesLayout}. */
export type ImagesLayout = ReturnType<typeof imagesLayout>;

/**
 * The paths of the image builder under a state directory.
 *
 * @param home The state directory, as `tradestackHome()` gives it.
 */
export function imagesLayout(home: string) {
  const { bin, imagesCgroup } = layoutOf(home);
  const root = join(home, "images");
  return {
    bin,
    root,
    /** The built images, as an OCI image layout. They outlive the cluster. */
    store: join(root, "store"),
    /** BuildKit's own state: its cache. */
    cache: join(root, "cache"),
    /** What a Dockerfile copies from and no folder of the repository holds. */
    contexts: join(root, "contexts"),
    config: join(root, "buildkitd.toml"),
    socket: join(root, "buildkitd.sock"),
    log: join(root, "buildkitd.log"),
    /** Archive on its way into containerd. */
    archive: join(root, "images.tar"),
    cgroup: imagesCgroup,
  } as const;
}
