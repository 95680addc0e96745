/** The programs of the node and their arguments. */

import { AUTOSCALING } from "../autoscaling.ts";
import { inNode, type Layout, network } from "./layout.ts";

/** One program that the node keeps running. */
export interface NodeProcess {
  readonly name: string;
  readonly command: readonly string[];
  /** Variables as `NAME=value`, beside those that `up` was called with. */
  readonly env: readonly string[];
  /** File that its output is added to. */
  readonly log: string;
}

type Flags = Readonly<Record<string, string | number | boolean>>;

const flags = (values: Flags): string[] =>
  Object.entries(values).map(([name, value]) => `--${name}=${value}`);

/**
 * The programs that run pods, on any node. They are all started at once: each waits for what it needs or is started
 * again.
 *
 * @param kube Path of the `kube` binary.
 */
export function nodeProcesses(layout: Layout, kube: string): readonly NodeProcess[] {
  return [
    {
      name: "containerd",
      command: ["/usr/bin/containerd", "--config", layout.containerdConfig],
      env: [],
      log: `${layout.log}/containerd.log`,
    },
    kubeProgram(layout, kube, "kubelet", {
      config: layout.kubeletConfig,
      kubeconfig: layout.componentKubeconfig(layout.kubeletClient),
      "hostname-override": layout.nodeName,
      "node-ip": layout.addresses.node,
      "root-dir": layout.kubelet,
      "cert-dir": layout.pki,
    }),
    kubeProgram(layout, kube, "kube-proxy", { config: layout.proxyConfig }),
    kubeProgram(layout, kube, "network-policy", {
      kubeconfig: layout.componentKubeconfig("network-policy"),
      node: layout.nodeName,
      "pod-network": layout.addresses.podSubnet,
      health: "127.0.0.1:10260",
      socket: inNode.networkPolicySocket,
    }),
  ];
}

/** The programs of the control plane, which the first node runs beside those that run pods. */
export function controlPlaneProcesses(layout: Layout, kube: string): readonly NodeProcess[] {
  return [
    kubeProgram(layout, kube, "etcd", etcd(layout)),
    kubeProgram(layout, kube, "kube-apiserver", apiServer(layout)),
    kubeProgram(layout, kube, "kube-controller-manager", controllerManager(layout)),
    kubeProgram(layout, kube, "kube-scheduler", ofComponent(layout, "kube-scheduler")),
  ];
}

function kubeProgram({ log }: Layout, kube: string, name: string, values: Flags): NodeProcess {
  return { name, command: [kube, name, ...flags(values)], env: [], log: `${log}/${name}.log` };
}

const etcdUrl = `https://127.0.0.1:${network.etcdPort}`;

function etcd(layout: Layout): Flags {
  const peers = "http://127.0.0.1:2380"; // nobody but etcd itself: there are no peers, but the flag has no "none"
  return {
    name: layout.nodeName,
    "data-dir": layout.etcd,
    "listen-client-urls": etcdUrl,
    "advertise-client-urls": etcdUrl,
    "listen-peer-urls": peers,
    "initial-advertise-peer-urls": peers,
    "initial-cluster": `${layout.nodeName}=${peers}`,
    "client-cert-auth": true,
    "trusted-ca-file": layout.certificate("ca"),
    "cert-file": layout.certificate("etcd"),
    "key-file": layout.key("etcd"),
    "auto-compaction-mode": "periodic",
    "auto-compaction-retention": "30m",
    "log-level": "warn",
  };
}

function apiServer(layout: Layout): Flags {
  return {
    "bind-address": layout.addresses.api,
    "advertise-address": layout.addresses.api,
    "secure-port": network.apiPort,
    "tls-cert-file": layout.certificate("apiserver"),
    "tls-private-key-file": layout.key("apiserver"),
    "client-ca-file": layout.certificate("ca"),
    "etcd-servers": etcdUrl,
    "etcd-cafile": layout.certificate("ca"),
    "etcd-certfile": layout.certificate("apiserver-etcd"),
    "etcd-keyfile": layout.key("apiserver-etcd"),
    "encryption-provider-config": layout.encryption,
    "anonymous-auth": false,
    "authorization-mode": "Node,RBAC",
    "enable-admission-plugins": "NodeRestriction",
    "allow-privileged": true,
    "service-cluster-ip-range": network.serviceSubnet,
    "service-account-issuer": "https://kubernetes.default.svc.cluster.local",
    "service-account-key-file": layout.serviceAccountPublicKey,
    "service-account-signing-key-file": layout.key("service-accounts"),
    "kubelet-certificate-authority": layout.certificate("ca"),
    "kubelet-client-certificate": layout.certificate("apiserver-kubelet"),
    "kubelet-client-key": layout.key("apiserver-kubelet"),
    "kubelet-preferred-address-types": "InternalIP",
    "proxy-client-cert-file": layout.certificate("front-proxy-client"),
    "proxy-client-key-file": layout.key("front-proxy-client"),
    "requestheader-client-ca-file": layout.certificate("front-proxy-ca"),
    "requestheader-allowed-names": "front-proxy-client",
    "requestheader-username-headers": "X-Remote-User",
    "requestheader-group-headers": "X-Remote-Group",
    "requestheader-extra-headers-prefix": "X-Remote-Extra-",
    profiling: false,
  };
}

/** What the controller manager and the scheduler have in common: a single one of each elects nobody. */
function ofComponent(layout: Layout, name: string): Flags {
  return {
    kubeconfig: layout.componentKubeconfig(name),
    "authentication-kubeconfig": layout.componentKubeconfig(name),
    "authorization-kubeconfig": layout.componentKubeconfig(name),
    "bind-address": "127.0.0.1",
    "leader-elect": false,
    profiling: false,
  };
}

function controllerManager(layout: Layout): Flags {
  return {
    ...ofComponent(layout, "kube-controller-manager"),
    "root-ca-file": layout.certificate("ca"),
    "service-account-private-key-file": layout.key("service-accounts"),
    "cluster-signing-cert-file": layout.certificate("ca"),
    "cluster-signing-key-file": layout.key("ca"),
    "use-service-account-credentials": true,
    "allocate-node-cidrs": false,
    "cluster-cidr": layout.addresses.cluster,
    "service-cluster-ip-range": network.serviceSubnet,
    "horizontal-pod-autoscaler-sync-period": `${AUTOSCALING.syncPeriod}s`,
    "horizontal-pod-autoscaler-initial-readiness-delay": `${AUTOSCALING.initialReadinessDelay}s`,
    "horizontal-pod-autoscaler-cpu-initialization-period": `${AUTOSCALING.cpuInitializationPeriod}s`,
  };
}
