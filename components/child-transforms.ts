/**
 * Transforms by kind of child, for components whose children are made in many places. Which child it is, of several of a
 * kind, the function sees by the name in what it is given.
 */

import type { GroupArgs } from "@pulumi/aws/autoscaling/group.js";
import type { InstanceArgs } from "@pulumi/aws/ec2/instance.js";
import type { LaunchTemplateArgs } from "@pulumi/aws/ec2/launchTemplate.js";
import type { VpcArgs } from "@pulumi/aws/ec2/vpc.js";
import type { RoleArgs } from "@pulumi/aws/iam/role.js";
import type { KeyArgs } from "@pulumi/aws/kms/key.js";
import type { LoadBalancerArgs } from "@pulumi/aws/lb/loadBalancer.js";
import type { BucketArgs } from "@pulumi/aws/s3/bucket.js";
import type { BucketLifecycleConfigurationArgs } from "@pulumi/aws/s3/bucketLifecycleConfiguration.js";
import type { CustomResourceArgs } from "@pulumi/kubernetes/apiextensions/customResource.js";
import type { DaemonSetArgs } from "@pulumi/kubernetes/apps/v1/daemonSet.js";
import type { DeploymentArgs } from "@pulumi/kubernetes/apps/v1/deployment.js";
import type { StatefulSetArgs } from "@pulumi/kubernetes/apps/v1/statefulSet.js";
import type { CronJobArgs } from "@pulumi/kubernetes/batch/v1/cronJob.js";
import type { JobArgs } from "@pulumi/kubernetes/batch/v1/job.js";
import type { ConfigMapArgs } from "@pulumi/kubernetes/core/v1/configMap.js";
import type { PersistentVolumeClaimArgs } from "@pulumi/kubernetes/core/v1/persistentVolumeClaim.js";
import type { SecretArgs } from "@pulumi/kubernetes/core/v1/secret.js";
import type { ServiceArgs } from "@pulumi/kubernetes/core/v1/service.js";
import type { ServiceAccountArgs } from "@pulumi/kubernetes/core/v1/serviceAccount.js";
import type { IngressArgs } from "@pulumi/kubernetes/networking/v1/ingress.js";
import type { NetworkPolicyArgs } from "@pulumi/kubernetes/networking/v1/networkPolicy.js";
import type { StorageClassArgs } from "@pulumi/kubernetes/storage/v1/storageClass.js";
import type * as pulumi from "@pulumi/pulumi";
import { CNPG_API } from "./postgres/cnpg.ts";
import type { Transform } from "./transform.ts";

/** Changes of children, by what they are. */
export interface ChildTransforms {
  /** A PostgreSQL cluster of CloudNativePG. */
  postgresCluster?: Transform<CustomResourceArgs>;
  /** Configuration. */
  configMap?: Transform<ConfigMapArgs>;
  /** What runs at set times. */
  cronJob?: Transform<CronJobArgs>;
  /** What runs on each node. */
  daemonSet?: Transform<DaemonSetArgs>;
  /** Pods without data. */
  deployment?: Transform<DeploymentArgs>;
  /** The way in from outside. */
  ingress?: Transform<IngressArgs>;
  /** What runs once. */
  job?: Transform<JobArgs>;
  /** Who gets in, and where pods get out. */
  networkPolicy?: Transform<NetworkPolicyArgs>;
  /** A volume that is no part of a StatefulSet. */
  persistentVolumeClaim?: Transform<PersistentVolumeClaimArgs>;
  /** Credentials. */
  secret?: Transform<SecretArgs>;
  /** A name and address in the cluster. */
  service?: Transform<ServiceArgs>;
  /** The identity of pods. */
  serviceAccount?: Transform<ServiceAccountArgs>;
  /** Pods with data. */
  statefulSet?: Transform<StatefulSetArgs>;
  /** What volumes are made of. */
  storageClass?: Transform<StorageClassArgs>;
  /** A group of machines that grows and shrinks. */
  autoscalingGroup?: Transform<GroupArgs>;
  /** A bucket of S3. */
  bucket?: Transform<BucketArgs>;
  /** When objects of a bucket go. */
  bucketLifecycle?: Transform<BucketLifecycleConfigurationArgs>;
  /** What data is encrypted with. */
  key?: Transform<KeyArgs>;
  /** What the machines of a group are. */
  launchTemplate?: Transform<LaunchTemplateArgs>;
  /** What stands before machines. */
  loadBalancer?: Transform<LoadBalancerArgs>;
  /** A machine. */
  machine?: Transform<InstanceArgs>;
  /** A role of IAM. */
  role?: Transform<RoleArgs>;
  /** The network. */
  vpc?: Transform<VpcArgs>;
}

/** Options, in TypeScript programs, of a component that makes children of these kinds. */
export interface ChildOptions<Kind extends keyof ChildTransforms> extends pulumi.ComponentResourceOptions {
  /**
   * Changes single children where the arguments do not reach.
   *
   * @default {} (children are made as the arguments say)
   * @example { secret: (built) => ({ ...built, metadata: { ...built.metadata, annotations: { team: "data" } } }) }
   */
  transform?: Pick<ChildTransforms, Kind>;
}

const TYPES: Readonly<Record<keyof ChildTransforms, string>> = {
  postgresCluster: `kubernetes:${CNPG_API}:Cluster`,
  configMap: "kubernetes:core/v1:ConfigMap",
  cronJob: "kubernetes:batch/v1:CronJob",
  daemonSet: "kubernetes:apps/v1:DaemonSet",
  deployment: "kubernetes:apps/v1:Deployment",
  ingress: "kubernetes:networking.k8s.io/v1:Ingress",
  job: "kubernetes:batch/v1:Job",
  networkPolicy: "kubernetes:networking.k8s.io/v1:NetworkPolicy",
  persistentVolumeClaim: "kubernetes:core/v1:PersistentVolumeClaim",
  secret: "kubernetes:core/v1:Secret",
  service: "kubernetes:core/v1:Service",
  serviceAccount: "kubernetes:core/v1:ServiceAccount",
  statefulSet: "kubernetes:apps/v1:StatefulSet",
  storageClass: "kubernetes:storage.k8s.io/v1:StorageClass",
  autoscalingGroup: "aws:autoscaling/group:Group",
  bucket: "aws:s3/bucket:Bucket",
  bucketLifecycle: "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
  key: "aws:kms/key:Key",
  launchTemplate: "aws:ec2/launchTemplate:LaunchTemplate",
  loadBalancer: "aws:lb/loadBalancer:LoadBalancer",
  machine: "aws:ec2/instance:Instance",
  role: "aws:iam/role:Role",
  vpc: "aws:ec2/vpc:Vpc",
};

/**
 * The options of a component, with transforms as Pulumi's own, which reach every child and whatever the child makes.
 *
 * @param options What the component was given.
 */
export function childOptions({
  transform = {},
  ...options
}: ChildOptions<keyof ChildTransforms> = {}): pulumi.ComponentResourceOptions {
  // What Pulumi hands over has no type; it is that of the kind it was asked for by.
  const changes = new Map(
    Object.entries(transform).map(([kind, change]) => [
      TYPES[kind as keyof ChildTransforms],
      change as Transform<pulumi.Inputs>,
    ]),
  );
  if (changes.size === 0) return options;
  const change: pulumi.ResourceTransformation = ({ type, props, opts }) => {
    const wanted = changes.get(type);
    return wanted === undefined ? undefined : { props: wanted(props), opts };
  };
  return { ...options, transformations: [...(options.transformations ?? []), change] };
}
