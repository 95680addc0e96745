/** What the sandbox's own Kubernetes objects have in common. */

/** A Kubernetes object, ready to be written as JSON. */
export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly [field: string]: unknown;
}

/** Where the add-ons live that belong to the cluster itself. */
export const SYSTEM = "kube-system";

/** Labels of an add-on's objects. */
export const labels = (name: string) => ({
  "app.kubernetes.io/name": name,
  "app.kubernetes.io/part-of": "tradestack-sandbox",
  "app.kubernetes.io/managed-by": "tradestack-sandbox",
});

/** A rule of an RBAC role, in the order resources are usually read: groups, resources, verbs. */
export const rule = (apiGroups: string[], resources: string[], verbs: string[]) => ({
  apiGroups,
  resources,
  verbs,
});

/** A ServiceAccount and what it may do in the whole cluster. */
export function account(
  name: string,
  namespace: string,
  rules: readonly ReturnType<typeof rule>[],
): KubernetesObject[] {
  const role = `tradestack:${name}`;
  return [
    { apiVersion: "v1", kind: "ServiceAccount", metadata: { name, namespace, labels: labels(name) } },
    {
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "ClusterRole",
      metadata: { name: role, labels: labels(name) },
      rules,
    },
    {
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "ClusterRoleBinding",
      metadata: { name: role, labels: labels(name) },
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: role },
      subjects: [{ kind: "ServiceAccount", name, namespace }],
    },
  ];
}

/** What a container may do: nothing beyond its own program. */
export const restricted = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  runAsNonRoot: true,
  runAsUser: 65532,
  capabilities: { drop: ["ALL"] },
  seccompProfile: { type: "RuntimeDefault" },
};

/** What {@link deployment} needs to know of an add-on. */
export interface AddOn {
  readonly name: string;
  readonly namespace: string;
  readonly container: Readonly<Record<string, unknown>>;
  readonly pod?: Readonly<Record<string, unknown>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** Tells the node that the control plane runs on from the others. */
export const CONTROL_PLANE = { "node-role.kubernetes.io/control-plane": "" };

/**
 * A Deployment of one replica on the node of the control plane, which is never taken away alone; replaced by ending the
 * old pod first.
 */
export function deployment({ name, namespace, container, pod, annotations }: AddOn): KubernetesObject {
  const selector = { "app.kubernetes.io/name": name };
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name, namespace, labels: labels(name) },
    spec: {
      replicas: 1,
      strategy: { type: "Recreate" },
      selector: { matchLabels: selector },
      template: {
        metadata: { labels: labels(name), ...(annotations === undefined ? {} : { annotations }) },
        spec: {
          serviceAccountName: name,
          priorityClassName: "system-cluster-critical",
          nodeSelector: CONTROL_PLANE,
          containers: [
            {
              name,
              imagePullPolicy: "Never",
              securityContext: restricted,
              terminationMessagePolicy: "FallbackToLogsOnError",
              ...container,
            },
          ],
          ...pod,
        },
      },
    },
  };
}
