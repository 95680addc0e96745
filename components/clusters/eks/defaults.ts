import * as pulumi from "@pulumi/pulumi";
import { type ChildOptions, childOptions } from "../../child-transforms.ts";
import { ConfigMap, CustomResource, IngressClass, StorageClass } from "../../kubernetes.ts";
import { labels } from "../../labels.ts";

/** What {@link EksDefaults} are made from. Their name is only that of the component. */
export interface EksDefaultsArgs {
  /**
   * Whether EKS Auto Mode makes nodes, disks and load balancers.
   *
   * @default true
   */
  autoMode?: boolean;
  /**
   * Name of the class of volumes, which is the cluster's default.
   *
   * @default "gp3"
   */
  storageClass?: string;
  /**
   * Name of the class of ingresses, which Auto Mode makes Application Load Balancers for. Without Auto Mode there is
   * none: install a controller of your choice.
   *
   * @default "alb"
   */
  ingressClass?: string;
  /**
   * Whether load balancers are in the VPC only.
   *
   * @default false: they face the internet
   */
  internal?: boolean;
}

/** The group of Auto Mode's own kinds. */
const AUTO_MODE = "eks.amazonaws.com";

/** Options of an {@link EksDefaults} in TypeScript programs. */
export type EksDefaultsOptions = ChildOptions<"configMap" | "storageClass">;

/**
 * What a new cluster on EKS lacks: encrypted volumes by default, load balancers for ingresses, and network policies that
 * count. Made with a provider of the cluster.
 *
 * @example new EksDefaults("shop", {}, { provider })
 */
export class EksDefaults extends pulumi.ComponentResource {
  constructor(name: string, args: EksDefaultsArgs, options?: EksDefaultsOptions) {
    super("tradestack:index:EksDefaults", name, args, childOptions(options));
    const { autoMode = true, storageClass = "gp3", ingressClass = "alb", internal = false } = args;
    const child = { parent: this };
    const metadata = (object: string, component: string) => ({
      name: object,
      labels: labels(object, component),
    });
    new StorageClass(
      `${name}-volumes`,
      {
        metadata: {
          ...metadata(storageClass, "volumes"),
          annotations: { "storageclass.kubernetes.io/is-default-class": "true" },
        },
        provisioner: autoMode ? "ebs.csi.eks.amazonaws.com" : "ebs.csi.aws.com",
        parameters: { type: "gp3", encrypted: "true" },
        // A volume is in one zone: that of the pod which needs it first.
        volumeBindingMode: "WaitForFirstConsumer",
        allowVolumeExpansion: true,
        reclaimPolicy: "Delete",
      },
      child,
    );
    if (autoMode) {
      // Until this is there, Auto Mode takes network policies and ignores them.
      new ConfigMap(
        `${name}-policies`,
        {
          metadata: { ...metadata("amazon-vpc-cni", "network-policies"), namespace: "kube-system" },
          data: { "enable-network-policy-controller": "true" },
        },
        child,
      );
      const parameters = new CustomResource(
        `${name}-ingress`,
        {
          apiVersion: `${AUTO_MODE}/v1`,
          kind: "IngressClassParams",
          metadata: metadata(ingressClass, "ingress"),
          spec: { scheme: internal ? "internal" : "internet-facing" },
        },
        child,
      );
      new IngressClass(
        `${name}-ingress`,
        {
          metadata: metadata(ingressClass, "ingress"),
          spec: {
            controller: `${AUTO_MODE}/alb`,
            parameters: {
              apiGroup: AUTO_MODE,
              kind: "IngressClassParams",
              name: parameters.metadata.apply(({ name: known }) => known ?? ingressClass),
            },
          },
        },
        child,
      );
    }
    this.registerOutputs();
  }
}
