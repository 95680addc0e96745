import type { LaunchTemplateArgs } from "@pulumi/aws/ec2/launchTemplate.js";
import type { VpcArgs } from "@pulumi/aws/ec2/vpc.js";
import type { RepositoryArgs } from "@pulumi/aws/ecr/repository.js";
import type { ClusterArgs } from "@pulumi/aws/eks/cluster.js";
import type { NodeGroupArgs } from "@pulumi/aws/eks/nodeGroup.js";
import type { ComponentResourceOptions, Input } from "@pulumi/pulumi";
import type { Transform } from "../../transform.ts";

/** A group of nodes that AWS makes, replaces and updates (a managed node group). */
export interface EksNodeGroupArgs {
  /**
   * What it is called: small letters, digits and dashes.
   *
   * @example "general"
   */
  name: string;
  /**
   * Types of instances, of which AWS takes what it has; all with the same processor and much the same size, as the
   * autoscaler counts on.
   *
   * @example ["m7i.large", "m7a.large"]
   */
  instanceTypes: string[];
  /**
   * Fewest nodes.
   *
   * @example 2
   */
  min: number;
  /**
   * Most nodes.
   *
   * @example 6
   */
  max: number;
  /**
   * Size of each node's disk in GiB.
   *
   * @default 50
   */
  diskGiB?: number;
  /**
   * Whether nodes are spare capacity, which costs a third and can be taken away within two minutes.
   *
   * @default false
   */
  spot?: boolean;
}

/** What an {@link EksCluster} is made from. Its name is also that of the cluster. */
export interface EksClusterArgs {
  /**
   * Region that it is in. The provider's has to be the same.
   *
   * @example "eu-central-1"
   */
  region: string;
  /**
   * Number of the AWS account that it is in. The names of its resources follow from it before they are made.
   *
   * @example "123456789012"
   */
  account: string;
  /**
   * Version of Kubernetes.
   *
   * @default the one that versions.ts states
   * @example "1.35"
   */
  version?: string;
  /**
   * Private range of the VPC, /16 to /21, of which each zone gets a private and a public subnet.
   *
   * @default "10.0.0.0/16"
   */
  cidr?: string;
  /**
   * Private range of the addresses of Services, which is no part of the VPC. It is fixed once the cluster is made.
   *
   * @default "172.20.0.0/16"
   */
  serviceCidr?: string;
  /**
   * Ranges that the VPC is or will be connected to, such as an office's: they may overlap neither of the others.
   *
   * @default []
   */
  connectedCidrs?: string[];
  /**
   * Availability zones, at least two. More can be added at the end later.
   *
   * @default three zones of the region
   * @example ["eu-central-1a", "eu-central-1b"]
   */
  zones?: string[];
  /**
   * Whether one NAT gateway serves all zones. It costs less, and where its zone fails no pod reaches the internet.
   *
   * @default false: each zone has its own
   */
  singleNat?: boolean;
  /**
   * Ranges from which the API server is reached over the internet; the word `everywhere` stands for all.
   *
   * @default []: only from within the VPC
   * @example ["203.0.113.0/24"]
   */
  publicAccessCidrs?: string[];
  /**
   * IAM roles and users that may do everything in the cluster. Whoever deploys has to be one of them.
   *
   * @default []: whoever makes the cluster
   * @example ["arn:aws:iam::123456789012:role/platform"]
   */
  admins?: string[];
  /**
   * IAM roles and users that may look at everything but Secrets.
   *
   * @default []
   */
  viewers?: string[];
  /**
   * Groups of nodes.
   *
   * @default none: EKS Auto Mode makes nodes as pods need them
   */
  nodeGroups?: EksNodeGroupArgs[];
  /**
   * Names of the image repositories that are made, each below the cluster's name.
   *
   * @default []
   * @example ["order", "payment"]
   */
  repositories?: string[];
  /**
   * Days that logs of the control plane and of the network are kept. One of the numbers that CloudWatch knows.
   *
   * @default 90
   */
  logDays?: number;
  /**
   * Whether AWS refuses to delete the cluster until this is false.
   *
   * @default true
   */
  deletionProtection?: boolean;
}

/** Options of an {@link EksCluster} in TypeScript programs. */
export interface EksClusterOptions extends ComponentResourceOptions {
  /**
   * Changes single children where the arguments do not reach.
   *
   * @default {} (nothing is changed)
   * @example { cluster: (built) => ({ ...built, upgradePolicy: { supportType: "STANDARD" } }) }
   */
  transform?: EksTransforms;
}

/** Changes of single children; that of a kind of which there are several changes each. */
export interface EksTransforms {
  /** The network. */
  vpc?: Transform<VpcArgs>;
  /** The control plane. */
  cluster?: Transform<ClusterArgs>;
  /** What the nodes of a group are. */
  launchTemplate?: Transform<LaunchTemplateArgs>;
  /** A group of nodes. */
  nodeGroup?: Transform<NodeGroupArgs>;
  /** A repository of images. */
  repository?: Transform<RepositoryArgs>;
}

/** Rights of a service account of the cluster towards AWS. */
export interface PodIdentityArgs {
  /**
   * Name of the cluster.
   *
   * @example "shop-prod"
   */
  clusterName: Input<string>;
  /**
   * Namespace of the service account.
   *
   * @example "kube-system"
   */
  namespace: Input<string>;
  /**
   * Name of the service account.
   *
   * @example "cluster-autoscaler"
   */
  serviceAccount: Input<string>;
  /**
   * IAM policy document in JSON.
   *
   * @default none of its own
   * @example '{"Version":"2012-10-17","Statement":[]}'
   */
  policy?: Input<string>;
  /**
   * ARNs of policies that AWS manages.
   *
   * @default []
   */
  managedPolicies?: string[];
}
