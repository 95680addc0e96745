/** How others reach a running sandbox. */

import { readFileSync } from "node:fs";
import { tradestackHome } from "./home.ts";
import { CONTEXT, type Layout, layoutOf } from "./node/layout.ts";
import { nodePid } from "./node/lifecycle.ts";
import { allNodes } from "./node/nodes.ts";
import type { NodeSpec } from "./node/spec.ts";

/** How to reach a running sandbox. Every path is absolute. */
export interface SandboxConnection {
  /** A kubeconfig with nothing else in it. */
  readonly kubeconfig: string;
  /** Name of the context in it. */
  readonly context: string;
  /** A kubectl of the cluster's own version; it uses `kubeconfig` unless told otherwise. */
  readonly kubectl: string;
  /** containerd's socket of each node that runs; the kubelet's images are in its namespace `k8s.io`. */
  readonly containerdSockets: readonly string[];
  /** Where the ingress listens, as `address:port`. */
  readonly ingress: { readonly http: string; readonly https: string };
}

/**
 * Where the sandbox's kubeconfig is and what its context is called, whether or not it runs or was ever made.
 *
 * @param layout Which sandbox. Default: that of `tradestackHome()`.
 */
export function sandboxAddress(
  layout: Layout = layoutOf(tradestackHome()),
): Pick<SandboxConnection, "kubeconfig" | "context"> {
  return { kubeconfig: layout.kubeconfig, context: CONTEXT };
}

/**
 * How to reach the sandbox, or undefined when it does not run. Asks nobody: it takes a millisecond.
 *
 * @param layout Which sandbox. Default: that of `tradestackHome()`.
 */
export function sandboxConnection(
  layout: Layout = layoutOf(tradestackHome()),
): SandboxConnection | undefined {
  if (nodePid(layout) === undefined) return undefined;
  const { forwards }: NodeSpec = JSON.parse(readFileSync(layout.spec, "utf8"));
  return {
    ...sandboxAddress(layout),
    kubectl: layout.kubectl,
    containerdSockets: allNodes(layout)
      .filter((node) => nodePid(node) !== undefined)
      .map(({ containerdSocket }) => containerdSocket),
    ingress: { http: forwards[0]?.from ?? "", https: forwards[1]?.from ?? "" },
  };
}
