/** What `sandbox/go/node` is told: how to make the node's namespaces and what to keep running in them. */

import { join } from "node:path";
import { fixedDirectories, inNode, type Layout, network } from "./layout.ts";
import { type NodeProcess, nodeProcesses } from "./processes.ts";

/** A port of the machine's loopback and the node's address it leads to, each as `address:port`. */
export interface Forward {
  readonly from: string;
  readonly to: string;
}

/** The whole specification, as the program reads it. */
export interface NodeSpec {
  readonly cgroups: readonly string[];
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

/** What a specification is made of. */
export interface SpecOptions {
  /** Path of the `node` binary. */
  readonly program: string;
  /** Path of the `kube` binary. */
  readonly kube: string;
  /** Path of the CNI plugin that waits for the network policy agent. */
  readonly networkPolicyPlugin: string;
  readonly httpPort: number;
  readonly httpsPort: number;
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

/** Renders the specification of the node. */
export function nodeSpec(layout: Layout, options: SpecOptions): NodeSpec {
  const forward = (port: number, nodePort: number): Forward => ({
    from: `127.0.0.1:${port}`,
    to: `${network.nodeAddress}:${nodePort}`,
  });
  return {
    cgroups: options.cgroups,
    forwards: [
      forward(options.httpPort, network.httpNodePort),
      forward(options.httpsPort, network.httpsNodePort),
    ],
    hostCommands: linkOnMachine(layout),
    nodeCommands: [...mounts(layout), ...cniPlugins(options), ...linkOnNode(), ...firewall()],
    processes: nodeProcesses(layout, options.kube),
    stopFirst: ["kubelet", "kube-controller-manager", "kube-scheduler"],
    graceSeconds: 10,
    program: options.program,
    configHash: options.configHash,
  };
}

const words = (command: string): string[] => command.split(" ");

function linkOnMachine(layout: Layout): string[][] {
  const { machineInterface: name, nodeInterface: peer, linkOnMachine, linkOnNode, podSubnet } = network;
  return [
    words(`ip link add ${name} type veth peer name ${peer} netns {pid}`),
    [...words(`ip link set ${name} alias`), layout.root], // whose it is, for whoever finds it
    words(`ip address add ${linkOnMachine}/30 dev ${name}`),
    words(`ip link set ${name} up`),
    words(`ip route add ${podSubnet} via ${linkOnNode}`),
  ];
}

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

function linkOnNode(): string[][] {
  const { nodeInterface: name, linkOnMachine, linkOnNode, nodeAddress, serviceSubnet } = network;
  const set = (path: string, value: string) => [
    ...["sh", "-c", `if [ -e /proc/sys/${path} ]; then echo ${value} > /proc/sys/${path}; fi`],
  ];
  return [
    set("net/ipv6/conf/all/disable_ipv6", "1"),
    set("net/ipv4/ip_forward", "1"),
    // Killed programs leave connections behind that nobody answers; they would hold the network for minutes.
    set("net/ipv4/tcp_orphan_retries", "2"),
    words("ip link set lo up"),
    words(`ip address add ${linkOnNode}/30 dev ${name}`),
    words(`ip address add ${nodeAddress}/32 dev ${name}`),
    words(`ip link set ${name} up`),
    // A service's address needs a route for kube-proxy to turn it into a pod's. What it does not turn is dropped at
    // the link: a client that is early tries again, where an unreachable network would have been final.
    words(`ip route add ${serviceSubnet} via ${linkOnMachine} src ${nodeAddress}`),
  ];
}

/**
 * The link takes packets from the machine itself alone, not those it forwards for others, and nothing in the node
 * opens a connection through it. There is no default route, so the rest of the world does not exist in here.
 * In table mangle, since kube-proxy lets packets pass at the head of table filter.
 */
function firewall(): string[][] {
  const { nodeInterface: link, linkOnMachine } = network;
  return [
    words(`iptables -t mangle -A PREROUTING -i ${link} ! -s ${linkOnMachine} -j DROP`),
    words(`iptables -t mangle -A POSTROUTING -o ${link} -m conntrack --ctstate NEW -j DROP`),
  ];
}
