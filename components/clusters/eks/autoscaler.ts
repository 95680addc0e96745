import * as pulumi from "@pulumi/pulumi";
import { CLUSTER_AUTOSCALER_IMAGE } from "../../../versions.ts";
import { type ChildOptions, childOptions } from "../../child-transforms.ts";
import {
  ClusterRole,
  ClusterRoleBinding,
  type Container,
  Deployment,
  PodDisruptionBudget,
  Role,
  RoleBinding,
  ServiceAccount,
} from "../../kubernetes.ts";
import { labels, selectorLabels } from "../../labels.ts";
import { restrictedContainer, restrictedPod } from "../../security.ts";
import { apart } from "../../stateful.ts";
import { AUTOSCALER, AUTOSCALER_NAMESPACE, CLUSTER_RIGHTS, OWN_RIGHTS } from "./autoscaler-rights.ts";

/** What an {@link EksAutoscaler} is made from. */
export interface EksAutoscalerArgs {
  /**
   * Name of the cluster.
   *
   * @example "shop-prod"
   */
  clusterName: pulumi.Input<string>;
  /**
   * Region of the cluster.
   *
   * @example "eu-central-1"
   */
  region: string;
  /**
   * Its image.
   *
   * @default the one that versions.ts states
   * @example "registry.k8s.io/autoscaling/cluster-autoscaler:v1.35.0"
   */
  image?: string;
}

const USER = 65534;
const PORT = 8085;

/** Options of an {@link EksAutoscaler} in TypeScript programs. */
export type EksAutoscalerOptions = ChildOptions<"deployment" | "serviceAccount">;

/**
 * The cluster autoscaler, for a cluster on EKS with groups of nodes: it adds a node where a pod finds no place, and
 * takes one away that has been half empty for ten minutes. Its rights towards AWS come with the cluster.
 *
 * @example new EksAutoscaler("shop", { clusterName: cluster.clusterName, region: "eu-central-1" }, { provider })
 */
export class EksAutoscaler extends pulumi.ComponentResource {
  constructor(name: string, args: EksAutoscalerArgs, options?: EksAutoscalerOptions) {
    super("tradestack:index:EksAutoscaler", name, args, childOptions(options));
    const child = { parent: this };
    const everywhere = { name: AUTOSCALER, labels: labels(AUTOSCALER, "autoscaler") };
    const metadata = { ...everywhere, namespace: AUTOSCALER_NAMESPACE };
    const account = new ServiceAccount(`${name}-account`, { metadata }, child);
    const subjects = [{ kind: "ServiceAccount", name: AUTOSCALER, namespace: AUTOSCALER_NAMESPACE }];
    const roleRef = (kind: string) => ({ apiGroup: "rbac.authorization.k8s.io", kind, name: AUTOSCALER });
    const granted = [
      new ClusterRole(`${name}-rights`, { metadata: everywhere, rules: CLUSTER_RIGHTS }, child),
      new ClusterRoleBinding(
        `${name}-rights`,
        { metadata: everywhere, roleRef: roleRef("ClusterRole"), subjects },
        child,
      ),
      new Role(`${name}-own-rights`, { metadata, rules: OWN_RIGHTS }, child),
      new RoleBinding(`${name}-own-rights`, { metadata, roleRef: roleRef("Role"), subjects }, child),
    ];
    new Deployment(
      `${name}-deployment`,
      {
        metadata,
        spec: {
          // One works, the other waits: a node that takes the first with it must not be the last that comes.
          replicas: 2,
          selector: { matchLabels: selectorLabels(AUTOSCALER) },
          template: {
            metadata: { labels: labels(AUTOSCALER, "autoscaler") },
            spec: {
              serviceAccountName: account.metadata.name,
              priorityClassName: "system-cluster-critical",
              securityContext: restrictedPod(USER),
              affinity: apart(AUTOSCALER),
              containers: [container(args)],
            },
          },
        },
      },
      { parent: this, dependsOn: granted },
    );
    new PodDisruptionBudget(
      `${name}-budget`,
      { metadata, spec: { maxUnavailable: 1, selector: { matchLabels: selectorLabels(AUTOSCALER) } } },
      child,
    );
    this.registerOutputs();
  }
}

function container({ clusterName, region, image = CLUSTER_AUTOSCALER_IMAGE }: EksAutoscalerArgs): Container {
  const tags = "k8s.io/cluster-autoscaler";
  const health = { httpGet: { path: "/health-check", port: "http" } };
  return {
    name: AUTOSCALER,
    image,
    imagePullPolicy: "IfNotPresent",
    command: [
      "./cluster-autoscaler",
      "--cloud-provider=aws",
      pulumi.interpolate`--node-group-auto-discovery=asg:tag=${tags}/enabled,${tags}/${clusterName}`,
      "--balance-similar-node-groups",
      "--expander=least-waste",
      "--skip-nodes-with-system-pods=false",
      "--skip-nodes-with-local-storage=false",
    ],
    env: [{ name: "AWS_REGION", value: region }],
    ports: [{ name: "http", containerPort: PORT }],
    resources: {
      requests: { cpu: "50m", memory: "300Mi" },
      limits: { cpu: "500m", memory: "600Mi" },
    },
    securityContext: restrictedContainer,
    readinessProbe: { ...health, periodSeconds: 10 },
    livenessProbe: { ...health, periodSeconds: 30, failureThreshold: 3 },
  };
}
