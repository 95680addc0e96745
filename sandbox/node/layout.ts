/** Every path and address of the sandbox: one place, so that no two parts can disagree. */

import { createHash } from "node:crypto";
import { join } from "node:path";

export { KUBERNETES_VERSION } from "../../versions.ts";

/** Name of the context in the sandbox's kubeconfig, and of its cluster. */
export const CONTEXT = "tradestack-sandbox";

/** Name of the one node. */
export const NODE_NAME = "sandbox";

/**
 * Addresses inside the node's own network namespace. The machine itself knows one link into it (`linkSubnet`)
 * and one route (`podSubnet`).
 */
export const network = {
  podSubnet: "10.244.0.0/24",
  nodeAddress: "10.244.0.1",
  linkSubnet: "10.244.1.0/30",
  linkOnMachine: "10.244.1.1",
  linkOnNode: "10.244.1.2",
  serviceSubnet: "10.96.0.0/16",
  apiServiceAddress: "10.96.0.1",
  dnsServiceAddress: "10.96.0.10",
  apiPort: 6443,
  etcdPort: 2379,
  /** NodePorts of Traefik's Service, which the machine's loopback ports lead to. */
  httpNodePort: 30080,
  httpsNodePort: 30443,
  /** Interface on the machine, at most 15 characters. */
  machineInterface: "tradestack0",
  nodeInterface: "machine0",
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

/** Where things are. Made by {@link layoutOf}. */
export type Layout = ReturnType<typeof layoutOf>;

/**
 * The paths of the sandbox under a state directory.
 *
 * @param home The state directory, as `tradestackHome()` gives it.
 */
export function layoutOf(home: string) {
  const root = join(home, "sandbox");
  const pki = join(root, "pki");
  const config = join(root, "config");
  const run = join(root, "run");
  const data = join(root, "data");
  const cgroup = `tradestack-${createHash("sha256").update(home).digest("hex").slice(0, 8)}`;
  return {
    home,
    bin: join(home, "bin"),
    kubectl: join(home, "bin", "kubectl"),
    root,
    kubeconfig: join(root, "kubeconfig"),
    /** Directories that `up` made outside of `home`, for `down` to remove. */
    madeDirectories: join(root, "made-directories.json"),
    log: join(root, "log"),
    pki,
    certificate: (name: string) => join(pki, `${name}.crt`),
    key: (name: string) => join(pki, `${name}.key`),
    componentKubeconfig: (name: string) => join(pki, `${name}.kubeconfig`),
    serviceAccountPublicKey: join(pki, "service-accounts.pub"),
    encryption: join(pki, "encryption.json"),
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
    etcd: join(data, "etcd"),
    containerd: join(data, "containerd"),
    kubelet: join(data, "kubelet"),
    podLogs: join(data, "pod-logs"),
    volumes: join(data, "volumes"),
    /** Name of the sandbox's own cgroup, distinct for each state directory. */
    cgroup,
    /** The cgroup of image builds, which may go on while the node ends. */
    imagesCgroup: `${cgroup}-images`,
  } as const;
}
