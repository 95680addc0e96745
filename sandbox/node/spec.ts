/** What `sandbox/go/node` is told: how to make the node's namespaces and what to keep running in them. */

import { join } from "node:path";
import { fixedDirectories, inNode, type Layout, network } from "./layout.ts";
import { firewall, linkOnFirstNode, linkOnFurtherNode, linkOnMachine, linkToFirstNode } from "./links.ts";
import { controlPlaneProcesses, type NodeProcess, nodeProcesses } from "./processes.ts";

/** A port of the machine's loopback and the node's address it leads to, each as `address:port`. */
export interface Forward {
  readonly from: string;
  readonly to: string;
}

/** The whole specification, as the program reads it. */
export interface NodeSpec {
  readonly cgroups: readonly string[];
  /** A process of the machine whose end ends the node; 0: none. */
  readonly endsWith: number;
  readonly forwards: readonly Forward[];
  readonly hostCommands: readonly (readonly string[])[];
  readonly nodeCommands: readonly (readonly string[])[];
  readonly processes: readonly NodeProcess[];
  readonly stopFirst: readonly string[];
  readonly graceSeconds: number;
  /** Path of the program that reads this, and hash of the files that the others read: a change needs a restart. */
  readonly program: string;
  readonly configHash: string;
}

/** What a node's specification is made of. */
export interface SpecOptions {
  /** Path of the `node` binary. */
  readonly program: string;
  /** Path of the `kube` binary. */
  readonly kube: string;
  /** Path of the CNI plugin that waits for the network policy agent. */
  readonly networkPolicyPlugin: string;
  /** Directories of the node's own cgroup. */
  readonly cgroups: readonly string[];
  readonly configHash: string;
}

/**
 * Kernel settings that the kubelet sets for the whole machine. In the node they are ordinary files with the values
 * it wants, so that the machine's own stay as they are.
 */
export const tunables: Readonly<Record<string, string>> = {
  "vm/overcommit_memory": "1",
  "vm/panic_on_oom": "0",
  "kernel/panic": "10",
  "kernel/panic_on_oops": "1",
  "kernel/keys/root_maxkeys": "1000000",
  "kernel/keys/root_maxbytes": "25000000",
};

/** Name of the file under `layout.tunables` that stands for a kernel setting. */
export const tunableFile = (layout: Layout, name: string): string =>
  join(layout.tunables, name.replaceAll("/", "."));

/** Renders the specification of the first node, which the ports of the machine lead to. */
export function firstNodeSpec(
  layout: Layout,
  options: SpecOptions,
  ports: { readonly http: number; readonly https: number },
): NodeSpec {
  const forward = (port: number, nodePort: number): Forward => ({
    from: `127.0.0.1:${port}`,
    to: `${layout.addresses.node}:${nodePort}`,
  });
  return {
    ...common(options),
    forwards: [forward(ports.http, network.httpNodePort), forward(ports.https, network.httpsNodePort)],
    hostCommands: linkOnMachine(layout),
    nodeCommands: [
      ...mounts(layout),
      ...cniPlugins(options),
      ...linkOnFirstNode(layout),
      ...firewall(layout),
    ],
    processes: [...nodeProcesses(layout, options.kube), ...controlPlaneProcesses(layout, options.kube)],
  };
}

/**
 * Renders the specification of a further node.
 *
 * @param firstPid The first process inside of the first node, whose end is this node's, too.
 */
export function furtherNodeSpec(layout: Layout, options: SpecOptions, firstPid: number): NodeSpec {
  return {
    ...common(options),
    endsWith: firstPid,
    forwards: [],
    hostCommands: linkToFirstNode(layout, firstPid),
    nodeCommands: [
      ...mounts(layout),
      // The same path on every node, for those that read all logs of a node.
      ["mount", "--bind", layout.ownPodLogs, layout.podLogs],
      ...cniPlugins(options),
      ...linkOnFurtherNode(layout),
    ],
    processes: nodeProcesses(layout, options.kube),
  };
}

const common = ({ cgroups, program, configHash }: SpecOptions) => ({
  cgroups,
  endsWith: 0,
  stopFirst: ["kubelet", "kube-controller-manager", "kube-scheduler"],
  graceSeconds: 10,
  program,
  configHash,
});

const words = (command: string): string[] => command.split(" ");

function mounts(layout: Layout): string[][] {
  return [
    words("mount --make-rslave /"),
    words("mount -t proc proc /proc"),
    ...["/run", ...fixedDirectories].map((path) => words(`mount -t tmpfs -o mode=755 tradestack ${path}`)),
    ...Object.keys(tunables).map((name) => [
      ...["mount", "--bind", tunableFile(layout, name), `/proc/sys/${name}`],
    ]),
    words("mkdir /run/netns"),
    words("mount --make-rshared /"),
  ];
}

/** containerd looks for CNI plugins in one directory: Debian's, and ours beside them. */
function cniPlugins({ networkPolicyPlugin }: SpecOptions): string[][] {
  return [
    ["mkdir", inNode.cniPlugins],
    ["sh", "-c", `ln -s /usr/lib/cni/* ${inNode.cniPlugins}/`],
    ["ln", "-s", networkPolicyPlugin, `${inNode.cniPlugins}/network-policy-cni`],
  ];
}
