/** CoreDNS: names of Services, and nothing else. */

import { createHash } from "node:crypto";
import { network } from "../node/layout.ts";
import { account, deployment, type KubernetesObject, labels, restricted, rule, SYSTEM } from "./objects.ts";

const NAME = "coredns";

/**
 * The catch-all has a server block of its own, since inside one block `template` would answer before `kubernetes`.
 * It lets pods learn at once that nothing outside of the cluster exists.
 */
const corefile = `cluster.local:53 in-addr.arpa:53 {
    errors
    health :8080 {
        lameduck 2s
    }
    ready :8181
    kubernetes cluster.local in-addr.arpa {
        ttl 5
    }
    prometheus :9153
    cache 5
    loadbalance
}
.:53 {
    template ANY ANY {
        rcode NXDOMAIN
    }
}
`;

/** The objects that make up the cluster's DNS. */
export function dns(image: string): KubernetesObject[] {
  return [
    ...account(NAME, SYSTEM, [
      rule([""], ["services", "namespaces"], ["list", "watch"]),
      rule(["discovery.k8s.io"], ["endpointslices"], ["list", "watch"]),
    ]),
    {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: NAME, namespace: SYSTEM, labels: labels(NAME) },
      data: { Corefile: corefile },
    },
    deployment({
      name: NAME,
      namespace: SYSTEM,
      annotations: { "tradestack.dev/config": createHash("sha256").update(corefile).digest("hex") },
      container: {
        image,
        args: ["coredns", "-conf", "/etc/coredns/Corefile"],
        ports: [
          { name: "dns", containerPort: 53, protocol: "UDP" },
          { name: "dns-tcp", containerPort: 53, protocol: "TCP" },
        ],
        resources: { requests: { cpu: "50m", memory: "64Mi" }, limits: { memory: "192Mi" } },
        livenessProbe: { httpGet: { path: "/health", port: 8080 }, periodSeconds: 10 },
        readinessProbe: { httpGet: { path: "/ready", port: 8181 }, periodSeconds: 1 },
        securityContext: restricted,
        volumeMounts: [{ name: "config", mountPath: "/etc/coredns", readOnly: true }],
      },
      pod: {
        dnsPolicy: "Default",
        // The right to listen on port 53 without the capability that would otherwise be needed.
        securityContext: { sysctls: [{ name: "net.ipv4.ip_unprivileged_port_start", value: "53" }] },
        volumes: [{ name: "config", configMap: { name: NAME } }],
      },
    }),
    {
      apiVersion: "v1",
      kind: "Service",
      metadata: {
        name: "kube-dns",
        namespace: SYSTEM,
        labels: { ...labels(NAME), "k8s-app": "kube-dns", "kubernetes.io/name": "CoreDNS" },
      },
      spec: {
        clusterIP: network.dnsServiceAddress,
        selector: { "app.kubernetes.io/name": NAME },
        ports: [
          { name: "dns", port: 53, protocol: "UDP" },
          { name: "dns-tcp", port: 53, protocol: "TCP" },
        ],
      },
    },
  ];
}
