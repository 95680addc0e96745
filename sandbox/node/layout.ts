/** Every path and name of the sandbox: one place, so that no two parts can disagree. */

import { createHash } from "node:crypto";
import { join } from "node:path";
import { addressesOf, takenSlot } from "./addresses.ts";

export { KUBERNETES_VERSION } from "../../versions.ts";

/** Name of the context in the sandbox's kubeconfig, and of its cluster. */
export const CONTEXT = "tradestack-sandbox";

/** Name of the first node, which the control plane and the add-ons run on. */
const FIRST_NODE = "sandbox";

/** How many nodes there may be: each takes a containerd and a kubelet of the same machine. */
export const MAX_NODES = 5;

/** What is the same in every sandbox, since the machine does not see it. */
export const network = {
  serviceSubnet: "10.96.0.0/16",
  apiServiceAddress: "10.96.0.1",
  dnsServiceAddress: "10.96.0.10",
  apiPort: 6443,
  etcdPort: 2379,
  /** NodePorts of Traefik's Service, which the machine's loopback ports lead to. */
  httpNodePort: 30080,
  httpsNodePort: 30443,
  /** The first node's interface towards the machine, and that of a further node towards the first. */
  nodeInterface: "machine0",
  furtherInterface: "first0",
} as const;

/** Places in the node's own `/run`, which the machine does not see. */
export const inNode = {
  /** Debian's CNI plugins and ours. */
  cniPlugins: "/run/cni-plugins",
  /** Where the CNI plugin tells the network policy agent of a pod. */
  networkPolicySocket: "/run/network-policy.sock",
} as const;

/** Directories that the kubelet and CNI write to whatever their settings say; the node gets its own instead. */
export const fixedDirectories = ["/var/lib/cni", "/var/log/containers"] as const;

/** Where things are, for one node. Made by {@link layoutOf}. */
export type Layout = ReturnType<typeof layoutOf>;

/**
 * The paths of the sandbox under a state directory, as one of its nodes sees them. Keys, volumes and the programs are
 * the same for all; what a node keeps for itself is apart.
 *
 * @param home The state directory, as `tradestackHome()` gives it.
 * @param index Which node, from 1. Default: the first.
 */
export function layoutOf(home: string, index = 1) {
  const root = join(home, "sandbox");
  const furtherNodes = join(root, "nodes");
  const own = index === 1 ? root : join(furtherNodes, String(index));
  const pki = join(root, "pki");
  const config = join(own, "config");
  const run = join(own, "run");
  const shared = join(root, "data");
  const data = join(own, "data");
  const cgroup = `tradestack-${createHash("sha256").update(home).digest("hex").slice(0, 8)}`;
  const nodeName = index === 1 ? FIRST_NODE : `${FIRST_NODE}-${index}`;
  const slotFile = join(root, "slot");
  const slot = takenSlot(slotFile);
  return {
    home,
    index,
    nodeName,
    /** Which of the sandboxes on this machine, and the file that remembers it. */
    slot,
    slotFile,
    addresses: addressesOf(slot, index),
    bin: join(home, "bin"),
    kubectl: join(home, "bin", "kubectl"),
    root,
    /** A directory for each node but the first, by its index: that it exists is what makes the node wanted. */
    furtherNodes,
    /** What the node keeps for itself is in here. */
    own,
    kubeconfig: join(root, "kubeconfig"),
    /** Directories that `up` made outside of `home`, for `down` to remove. */
    madeDirectories: join(root, "made-directories.json"),
    log: join(own, "log"),
    pki,
    certificate: (name: string) => join(pki, `${name}.crt`),
    key: (name: string) => join(pki, `${name}.key`),
    componentKubeconfig: (name: string) => join(pki, `${name}.kubeconfig`),
    serviceAccountPublicKey: join(pki, "service-accounts.pub"),
    encryption: join(pki, "encryption.json"),
    /** Names of the kubelet's certificates: the one it speaks with, and the one it is spoken to with. */
    kubeletClient: index === 1 ? "kubelet" : `kubelet-${index}`,
    kubeletServing: index === 1 ? "kubelet-serving" : `kubelet-serving-${index}`,
    config,
    spec: join(config, "node.json"),
    containerdConfig: join(config, "containerd.toml"),
    cniConfig: join(config, "cni"),
    kubeletConfig: join(config, "kubelet.json"),
    proxyConfig: join(config, "kube-proxy.json"),
    resolvConf: join(config, "resolv.conf"),
    tunables: join(config, "tunables"),
    run,
    pid: join(run, "node.pid"),
    containerdSocket: join(run, "containerd.sock"),
    containerdState: join(run, "containerd"),
    data,
    etcd: join(shared, "etcd"),
    containerd: join(data, "containerd"),
    kubelet: join(data, "kubelet"),
    /** Where the node finds its pods' logs, the same path on every node, and where the machine does. */
    podLogs: join(shared, "pod-logs"),
    ownPodLogs: join(data, "pod-logs"),
    /** As a cloud's disks: any node can mount any of them. */
    volumes: join(shared, "volumes"),
    /** Name of the sandbox's own cgroup, distinct for each state directory; that of a further node is in it. */
    cgroup: index === 1 ? cgroup : join(cgroup, nodeName),
    /** The cgroup of image builds, which may go on while the node ends. */
    imagesCgroup: `${cgroup}-images`,
  } as const;
}
