/** metrics-server: what `kubectl top` and the HPA read. */

import { AUTOSCALING } from "../autoscaling.ts";
import { account, deployment, type KubernetesObject, labels, restricted, rule, SYSTEM } from "./objects.ts";

const NAME = "metrics-server";

/** The objects that make up the resource metrics API. */
export function metrics(image: string): KubernetesObject[] {
  const metadata = (name: string) => ({ name, labels: labels(NAME) });
  const subjects = [{ kind: "ServiceAccount", name: NAME, namespace: SYSTEM }];
  return [
    ...account(NAME, SYSTEM, [
      rule([""], ["nodes/metrics"], ["get"]),
      rule([""], ["pods", "nodes"], ["get", "list", "watch"]),
    ]),
    {
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "ClusterRole",
      metadata: {
        name: "tradestack:metrics-reader",
        labels: {
          ...labels(NAME),
          "rbac.authorization.k8s.io/aggregate-to-admin": "true",
          "rbac.authorization.k8s.io/aggregate-to-edit": "true",
          "rbac.authorization.k8s.io/aggregate-to-view": "true",
        },
      },
      rules: [rule(["metrics.k8s.io"], ["pods", "nodes"], ["get", "list", "watch"])],
    },
    {
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "ClusterRoleBinding",
      metadata: metadata("tradestack:metrics-server:auth-delegator"),
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "system:auth-delegator" },
      subjects,
    },
    {
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "RoleBinding",
      metadata: { ...metadata("tradestack:metrics-server:auth-reader"), namespace: SYSTEM },
      roleRef: {
        apiGroup: "rbac.authorization.k8s.io",
        kind: "Role",
        name: "extension-apiserver-authentication-reader",
      },
      subjects,
    },
    deployment({
      name: NAME,
      namespace: SYSTEM,
      container: {
        image,
        args: [
          "metrics-server",
          "--cert-dir=/tmp",
          "--secure-port=10250",
          "--kubelet-preferred-address-types=InternalIP",
          "--kubelet-certificate-authority=/var/run/secrets/kubernetes.io/serviceaccount/ca.crt",
          `--metric-resolution=${AUTOSCALING.metricResolution}s`,
          `--kubelet-request-timeout=${AUTOSCALING.kubeletRequestTimeout}s`,
        ],
        ports: [{ name: "https", containerPort: 10250 }],
        resources: { requests: { cpu: "50m", memory: "64Mi" }, limits: { memory: "192Mi" } },
        livenessProbe: { httpGet: { path: "/livez", port: "https", scheme: "HTTPS" }, periodSeconds: 10 },
        // Not /readyz, which waits for two measurements: until then the API is better there with no figures.
        readinessProbe: { httpGet: { path: "/livez", port: "https", scheme: "HTTPS" }, periodSeconds: 1 },
        securityContext: restricted,
        volumeMounts: [{ name: "tmp", mountPath: "/tmp" }],
      },
      pod: { volumes: [{ name: "tmp", emptyDir: { sizeLimit: "16Mi" } }] },
    }),
    {
      apiVersion: "v1",
      kind: "Service",
      metadata: { ...metadata(NAME), namespace: SYSTEM },
      spec: {
        selector: { "app.kubernetes.io/name": NAME },
        ports: [{ name: "https", port: 443, targetPort: "https" }],
      },
    },
    {
      apiVersion: "apiregistration.k8s.io/v1",
      kind: "APIService",
      metadata: metadata("v1beta1.metrics.k8s.io"),
      spec: {
        group: "metrics.k8s.io",
        version: "v1beta1",
        groupPriorityMinimum: 100,
        versionPriority: 100,
        // metrics-server makes itself a certificate at each start; the way to it never leaves the node.
        insecureSkipTLSVerify: true,
        service: { name: NAME, namespace: SYSTEM },
      },
    },
  ];
}
