/** Settings of the kubelet and of kube-proxy. */

import { join } from "node:path";
import { LOADING_TAINT } from "./api.ts";
import { type Layout, network } from "./layout.ts";

/** Renders the kubelet's configuration file. `cgroupVersion` is that of the machine. */
export function kubeletConfig(layout: Layout, cgroupVersion: 1 | 2): string {
  return JSON.stringify({
    apiVersion: "kubelet.config.k8s.io/v1beta1",
    kind: "KubeletConfiguration",
    ...(cgroupVersion === 1 ? { failCgroupV1: false } : {}),
    cgroupDriver: "cgroupfs",
    cgroupRoot: `/${layout.cgroup}`,
    address: layout.addresses.node,
    healthzBindAddress: "127.0.0.1",
    readOnlyPort: 0,
    authentication: {
      anonymous: { enabled: false },
      webhook: { enabled: true },
      x509: { clientCAFile: layout.certificate("ca") },
    },
    authorization: { mode: "Webhook" },
    tlsCertFile: layout.certificate(layout.kubeletServing),
    tlsPrivateKeyFile: layout.key(layout.kubeletServing),
    clusterDNS: [network.dnsServiceAddress],
    clusterDomain: "cluster.local",
    resolvConf: layout.resolvConf,
    containerRuntimeEndpoint: `unix://${layout.containerdSocket}`,
    podLogsDir: layout.podLogs,
    volumePluginDir: join(layout.kubelet, "volume-plugins"),
    failSwapOn: false,
    imageGCHighThresholdPercent: 100, // nothing is pulled from anywhere, so no image may be thrown away
    evictionHard: { "memory.available": "100Mi", "nodefs.available": "1Gi", "imagefs.available": "1Gi" },
    kubeReserved: { cpu: "200m", memory: "1Gi" },
    serializeImagePulls: false,
    // After a restart of the node, pods that came before what they need are not to wait for up to five minutes.
    crashLoopBackOff: { maxContainerRestartPeriod: "30s" },
    maxPods: 110,
    ...(layout.index === 1 ? {} : { registerWithTaints: [{ key: LOADING_TAINT, effect: "NoSchedule" }] }),
  });
}

/** Renders kube-proxy's configuration file. */
export function proxyConfig(layout: Layout): string {
  return JSON.stringify({
    apiVersion: "kubeproxy.config.k8s.io/v1alpha1",
    kind: "KubeProxyConfiguration",
    mode: "iptables",
    clientConnection: { kubeconfig: layout.componentKubeconfig("kube-proxy") },
    clusterCIDR: layout.addresses.cluster,
    hostnameOverride: layout.nodeName,
    bindAddress: layout.addresses.node,
    healthzBindAddress: "127.0.0.1:10256",
    metricsBindAddress: "127.0.0.1:10249",
    nodePortAddresses: [`${layout.addresses.node}/32`],
    // The connection table is the machine's, so its size is left alone.
    conntrack: { maxPerCore: 0, min: 0, tcpEstablishedTimeout: "0s", tcpCloseWaitTimeout: "0s" },
  });
}
