/** The programs of the node and their arguments. */

import { AUTOSCALING } from "../autoscaling.ts";
import { inNode, type Layout, NODE_NAME, network } from "./layout.ts";

/** One program that the node keeps running. */
export interface NodeProcess {
  readonly name: string;
  readonly command: readonly string[];
  /** Variables as `NAME=value`, beside those that `up` was called with. */
  readonly env: readonly string[];
  /** File that its output is added to. */
  readonly log: string;
}

const flags = (values: Readonly<Record<string, string | number | boolean>>): string[] =>
  Object.entries(values).map(([name, value]) => `--${name}=${value}`);

/**
 * Every program of the node, in the order in which they need one another. They are all started at once: each waits
 * for what it needs or is started again.
 *
 * @param kube Path of the `kube` binary.
 */
export function nodeProcesses(layout: Layout, kube: string): readonly NodeProcess[] {
  const program = (name: string, args: readonly string[]): NodeProcess => ({
    name,
    command: [kube, name, ...args],
    env: [],
    log: `${layout.log}/${name}.log`,
  });
  return [
    {
      name: "containerd",
      command: ["/usr/bin/containerd", "--config", layout.containerdConfig],
      env: [],
      log: `${layout.log}/containerd.log`,
    },
    program("etcd", etcd(layout)),
    program("kube-apiserver", apiServer(layout)),
    program("kube-controller-manager", controllerManager(layout)),
    program("kube-scheduler", [...ofComponent(layout, "kube-scheduler"), "--leader-elect=false"]),
    program(
      "kubelet",
      flags({
        config: layout.kubeletConfig,
        kubeconfig: layout.componentKubeconfig("kubelet"),
        "hostname-override": NODE_NAME,
        "node-ip": network.nodeAddress,
        "root-dir": layout.kubelet,
        "cert-dir": layout.pki,
      }),
    ),
    program("kube-proxy", flags({ config: layout.proxyConfig })),
    program(
      "network-policy",
      flags({
        kubeconfig: layout.componentKubeconfig("network-policy"),
        node: NODE_NAME,
        "pod-network": network.podSubnet,
        health: "127.0.0.1:10260",
        socket: inNode.networkPolicySocket,
      }),
    ),
  ];
}

const etcdUrl = `https://127.0.0.1:${network.etcdPort}`;

function etcd(layout: Layout): string[] {
  const peers = "http://127.0.0.1:2380"; // nobody but etcd itself: there are no peers, but the flag has no "none"
  return flags({
    name: NODE_NAME,
    "data-dir": layout.etcd,
    "listen-client-urls": etcdUrl,
    "advertise-client-urls": etcdUrl,
    "listen-peer-urls": peers,
    "initial-advertise-peer-urls": peers,
    "initial-cluster": `${NODE_NAME}=${peers}`,
    "client-cert-auth": true,
    "trusted-ca-file": layout.certificate("ca"),
    "cert-file": layout.certificate("etcd"),
    "key-file": layout.key("etcd"),
    "auto-compaction-mode": "periodic",
    "auto-compaction-retention": "30m",
    "log-level": "warn",
  });
}

function apiServer(layout: Layout): string[] {
  return flags({
    "bind-address": network.nodeAddress,
    "advertise-address": network.nodeAddress,
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
  });
}

/** What the controller manager and the scheduler have in common: a single node elects nobody. */
function ofComponent(layout: Layout, name: string): string[] {
  return flags({
    kubeconfig: layout.componentKubeconfig(name),
    "authentication-kubeconfig": layout.componentKubeconfig(name),
    "authorization-kubeconfig": layout.componentKubeconfig(name),
    "bind-address": "127.0.0.1",
    profiling: false,
  });
}

function controllerManager(layout: Layout): string[] {
  return [
    ...ofComponent(layout, "kube-controller-manager"),
    ...flags({
      "leader-elect": false,
      "root-ca-file": layout.certificate("ca"),
      "service-account-private-key-file": layout.key("service-accounts"),
      "cluster-signing-cert-file": layout.certificate("ca"),
      "cluster-signing-key-file": layout.key("ca"),
      "use-service-account-credentials": true,
      "allocate-node-cidrs": false,
      "cluster-cidr": network.podSubnet,
      "service-cluster-ip-range": network.serviceSubnet,
      "horizontal-pod-autoscaler-sync-period": `${AUTOSCALING.syncPeriod}s`,
      "horizontal-pod-autoscaler-initial-readiness-delay": `${AUTOSCALING.initialReadinessDelay}s`,
      "horizontal-pod-autoscaler-cpu-initialization-period": `${AUTOSCALING.cpuInitializationPeriod}s`,
    }),
  ];
}
