/** Settings of containerd and of the pods' network. */

import { join } from "node:path";
import { inNode, type Layout } from "./layout.ts";

/** What of the machine containerd's settings depend on. */
export interface ContainerdOptions {
  /** Image that holds a pod's namespaces. */
  readonly pauseImage: string;
  /** Whether a process may lower its own OOM score (CAP_SYS_RESOURCE); without it every pod would fail. */
  readonly mayLowerOomScore: boolean;
}

/** Renders containerd's own configuration file. */
export function containerdConfig(layout: Layout, options: ContainerdOptions): string {
  return `version = 2
root = "${layout.containerd}"
state = "${layout.containerdState}"
disabled_plugins = [
  "io.containerd.snapshotter.v1.aufs",
  "io.containerd.snapshotter.v1.btrfs",
  "io.containerd.snapshotter.v1.devmapper",
  "io.containerd.snapshotter.v1.zfs",
  "io.containerd.internal.v1.tracing",
  "io.containerd.tracing.processor.v1.otlp",
]

[grpc]
  address = "${layout.containerdSocket}"
[ttrpc]
  address = "${layout.containerdSocket}.ttrpc"
[debug]
  level = "warn"

[plugins."io.containerd.internal.v1.opt"]
  path = "${join(layout.data, "opt")}"

[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "${options.pauseImage}"
  restrict_oom_score_adj = ${!options.mayLowerOomScore}
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "${inNode.cniPlugins}"
    conf_dir = "${layout.cniConfig}"
  [plugins."io.containerd.grpc.v1.cri".containerd]
    snapshotter = "overlayfs"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
      runtime_type = "io.containerd.runc.v2"
      [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
        SystemdCgroup = false
`;
}

/**
 * Renders the pods' network: each pod on a link of its own, routed by the node. Every packet from one pod to
 * another thus passes the node's FORWARD hook, where network policies are enforced. The last plugin lets the pod
 * start once they are.
 */
export function cniConfig({ addresses }: Layout): string {
  return JSON.stringify({
    cniVersion: "0.4.0",
    name: "tradestack",
    plugins: [
      {
        type: "ptp",
        ipMasq: false,
        ipam: {
          type: "host-local",
          dataDir: "/run/cni-addresses",
          ranges: [[{ subnet: addresses.podSubnet, gateway: addresses.node }]],
          routes: [{ dst: "0.0.0.0/0" }],
        },
      },
      { type: "portmap", capabilities: { portMappings: true } },
      { type: "network-policy-cni", socket: inNode.networkPolicySocket },
    ],
  });
}
