import { stringify } from "yaml";
import type { Cluster } from "./check.ts";
import { ADMINISTRATORS } from "./identity.ts";
import { API_PORT } from "./port.ts";

/** Where k3s looks for its configuration, and for parts that are added to it. */
export const CONFIG = "/etc/rancher/k3s/config.yaml";
export const CONFIG_PARTS = "/etc/rancher/k3s/config.yaml.d";
/** The part that says whether a machine begins a cluster or joins one. */
export const ROLE_PART = `${CONFIG_PARTS}/role.yaml`;
/** Where k3s keeps what it is, on servers. */
export const SERVER_DATA = "/var/lib/rancher/k3s/server";
export const ADMISSION = "/etc/rancher/k3s/admission.yaml";
export const AUDIT_POLICY = "/etc/rancher/k3s/audit-policy.yaml";

/** Mozilla's intermediate recommendation; with TLS 1.3 there is nothing to choose. */
const CIPHERS = [
  "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
  "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
  "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
  "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
  "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
  "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
].join(",");

/** What a kubelet is told on every machine. */
const KUBELET = {
  // Settings of the kernel that are missing stop it, instead of being changed by it.
  "protect-kernel-defaults": true,
  "kubelet-arg": [
    "anonymous-auth=false",
    "streaming-connection-idle-timeout=5m",
    `tls-cipher-suites=${CIPHERS}`,
  ],
};

/** What the kubelet would otherwise set itself, and refuses to start without. */
export const KERNEL_SETTINGS = `vm.panic_on_oom=0
vm.overcommit_memory=1
kernel.panic=10
kernel.panic_on_oops=1
kernel.keys.root_maxkeys=1000000
kernel.keys.root_maxbytes=25000000
`;

/** What all servers have in common: `config.yaml`, as k3s' CIS guide would have it, and more. */
export function serverConfig(cluster: Cluster, index: number, agentPassword: string): string {
  const { name, address, servers, podCidr, serviceCidr } = cluster;
  return yaml({
    "node-name": `${name}-server-${index + 1}`,
    "node-ip": servers[index],
    ...(cluster.workloadsOnServers
      ? {}
      : { "node-taint": ["node-role.kubernetes.io/control-plane:NoSchedule"] }),
    "agent-token": agentPassword,
    "tls-san": [...new Set([address, ...servers])],
    "cluster-cidr": podCidr,
    "service-cidr": serviceCidr,
    // Pods of different nodes talk over the machines' network, which is not theirs alone.
    "flannel-backend": "wireguard-native",
    ...(cluster.disable.length === 0 ? {} : { disable: cluster.disable }),
    "secrets-encryption": true,
    "write-kubeconfig-mode": "0600",
    ...KUBELET,
    "kube-apiserver-arg": [
      "anonymous-auth=false",
      `admission-control-config-file=${ADMISSION}`,
      `audit-policy-file=${AUDIT_POLICY}`,
      `audit-log-path=${SERVER_DATA}/logs/audit.log`,
      "audit-log-maxage=30",
      "audit-log-maxbackup=10",
      "audit-log-maxsize=100",
      "service-account-extend-token-expiration=false",
      `tls-cipher-suites=${CIPHERS}`,
    ],
    "kube-controller-manager-arg": ["terminated-pod-gc-threshold=100"],
  });
}

/** How a server begins the cluster. A single one does without etcd, which takes memory and a fast disk. */
export function beginConfig({ servers }: Cluster, serverPassword: string): string {
  return yaml({ token: serverPassword, ...(servers.length > 1 ? { "cluster-init": true } : {}) });
}

/** How a server joins the others, or an agent its cluster: through the load balancer. */
export function joinConfig({ address }: Cluster, token: string): string {
  return yaml({ token, server: `https://${address}:${API_PORT}` });
}

/** `config.yaml` of an agent. Machines may be called alike, as copies of an image are. */
export function agentConfig(): string {
  return yaml({ "with-node-id": true, ...KUBELET });
}

/** Pods run restricted in every namespace that does not say otherwise. */
export const ADMISSION_SOURCE = yaml({
  apiVersion: "apiserver.config.k8s.io/v1",
  kind: "AdmissionConfiguration",
  plugins: [
    {
      name: "PodSecurity",
      configuration: {
        apiVersion: "pod-security.admission.config.k8s.io/v1",
        kind: "PodSecurityConfiguration",
        defaults: {
          enforce: "restricted",
          "enforce-version": "latest",
          audit: "restricted",
          "audit-version": "latest",
          warn: "restricted",
          "warn-version": "latest",
        },
        exemptions: { usernames: [], runtimeClasses: [], namespaces: ["kube-system"] },
      },
    },
  ],
});

/** Who did what is written down; what was in it, such as a Secret, is not. */
export const AUDIT_POLICY_SOURCE = yaml({
  apiVersion: "audit.k8s.io/v1",
  kind: "Policy",
  omitStages: ["RequestReceived"],
  rules: [
    // Nodes and controllers renew these all the time.
    { level: "None", resources: [{ group: "coordination.k8s.io", resources: ["leases"] }] },
    { level: "Metadata" },
  ],
});

/** Makes the group of administrators what it is called. */
export const ADMINISTRATORS_SOURCE = yaml({
  apiVersion: "rbac.authorization.k8s.io/v1",
  kind: "ClusterRoleBinding",
  metadata: { name: "tradestack-administrators" },
  roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "cluster-admin" },
  subjects: [{ apiGroup: "rbac.authorization.k8s.io", kind: "Group", name: ADMINISTRATORS }],
});

function yaml(value: Readonly<Record<string, unknown>>): string {
  return stringify(value, { lineWidth: 0 });
}
