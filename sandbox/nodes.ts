/** The nodes of a running sandbox that can be lost, for those who want to see what comes of it. */

import { sandboxConnection } from "./connection.ts";
import { tradestackHome } from "./home.ts";
import { withLock } from "./host/lock.ts";
import { killNode, restartNode } from "./node/further.ts";
import { layoutOf } from "./node/layout.ts";
import { furtherNodes } from "./node/nodes.ts";

/** A node beside the first one, which alone cannot be lost: the control plane is on it. */
export interface SandboxNode {
  readonly name: string;
  /** Ends it as a power cut does. @throws {SandboxError} when it does not run. */
  kill(): void;
  /** Starts it again as it was, unless it runs, and waits until it is ready. */
  restart(): Promise<void>;
}

/**
 * The nodes of the running sandbox beside its first; none where it does not run.
 *
 * @example for (const node of sandboxNodes()) console.log(node.name); // sandbox-2, sandbox-3
 */
export function sandboxNodes(): SandboxNode[] {
  const first = layoutOf(tradestackHome());
  if (sandboxConnection(first) === undefined) return [];
  return furtherNodes(first).map((layout) => ({
    name: layout.nodeName,
    kill: () => killNode(layout),
    restart: () =>
      withLock(
        first.root,
        () => {},
        () => restartNode(layout),
      ),
  }));
}
