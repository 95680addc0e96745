/** Ends the sandbox and takes back what it changed on the machine. */

import { rmSync } from "node:fs";
import { SandboxError } from "./errors.ts";
import { tradestackHome } from "./home.ts";
import { findLeftovers, takeBack } from "./host/leftovers.ts";
import { withLock } from "./host/lock.ts";
import { imagesLayout } from "./images/layout.ts";
import { type Layout, layoutOf } from "./node/layout.ts";
import { stopNode } from "./node/lifecycle.ts";
import { allNodes } from "./node/nodes.ts";
import type { Reporter } from "./progress.ts";

/**
 * Ends the sandbox, in whatever state it is. What it stores stays: the next start goes on from there.
 *
 * @throws {SandboxError} when something is left on the machine; the message names it.
 */
export async function stopSandbox(reporter: Reporter): Promise<void> {
  const layout = layoutOf(tradestackHome());
  await locked(layout, reporter, () => down(layout));
}

/**
 * Ends the sandbox and deletes what it stores: objects, volumes and images. Compiled programs are kept.
 *
 * @throws {SandboxError} when something is left on the machine; the message names it.
 */
export async function resetSandbox(reporter: Reporter): Promise<void> {
  const layout = layoutOf(tradestackHome());
  await locked(layout, reporter, async () => {
    await down(layout);
    rmSync(layout.root, { recursive: true, force: true });
  });
  const images = imagesLayout(layout.home).root;
  const onWait = () => reporter.onProgress("Waiting for another command that is building images");
  await withLock(images, onWait, async () => rmSync(images, { recursive: true, force: true }));
}

async function locked(layout: Layout, reporter: Reporter, work: () => Promise<void>): Promise<void> {
  const onWait = () => reporter.onProgress("Waiting for another command that is changing the sandbox");
  await withLock(layout.root, onWait, work);
}

async function down(layout: Layout): Promise<void> {
  if (process.platform !== "linux") return; // no sandbox ever ran here
  await Promise.all(allNodes(layout).map(stopNode));
  await takeBack(layout);
  const leftovers = findLeftovers(layout);
  if (leftovers.length > 0) {
    throw new SandboxError(
      `the machine is not as it was: ${leftovers.join("; ")}; run down again, or restart it`,
    );
  }
}
