/**
 * The Kubernetes resources that the components make, each loaded from its own file: the package's index loads
 * hundreds of them, which costs ten times as much at every preview.
 */

import type { types } from "@pulumi/kubernetes";

export { CustomResource } from "@pulumi/kubernetes/apiextensions/customResource.js";
export { DaemonSet } from "@pulumi/kubernetes/apps/v1/daemonSet.js";
export { Deployment } from "@pulumi/kubernetes/apps/v1/deployment.js";
export { StatefulSet } from "@pulumi/kubernetes/apps/v1/statefulSet.js";
export { HorizontalPodAutoscaler } from "@pulumi/kubernetes/autoscaling/v2/horizontalPodAutoscaler.js";
export { CronJob } from "@pulumi/kubernetes/batch/v1/cronJob.js";
export { Job } from "@pulumi/kubernetes/batch/v1/job.js";
export { ConfigMap } from "@pulumi/kubernetes/core/v1/configMap.js";
export { Namespace } from "@pulumi/kubernetes/core/v1/namespace.js";
export { PersistentVolumeClaim } from "@pulumi/kubernetes/core/v1/persistentVolumeClaim.js";
export { Secret } from "@pulumi/kubernetes/core/v1/secret.js";
export { Service } from "@pulumi/kubernetes/core/v1/service.js";
export { ServiceAccount } from "@pulumi/kubernetes/core/v1/serviceAccount.js";
export { Ingress } from "@pulumi/kubernetes/networking/v1/ingress.js";
export { IngressClass } from "@pulumi/kubernetes/networking/v1/ingressClass.js";
export { NetworkPolicy } from "@pulumi/kubernetes/networking/v1/networkPolicy.js";
export { PodDisruptionBudget } from "@pulumi/kubernetes/policy/v1/podDisruptionBudget.js";
export { Provider } from "@pulumi/kubernetes/provider.js";
export { ClusterRole } from "@pulumi/kubernetes/rbac/v1/clusterRole.js";
export { ClusterRoleBinding } from "@pulumi/kubernetes/rbac/v1/clusterRoleBinding.js";
export { Role } from "@pulumi/kubernetes/rbac/v1/role.js";
export { RoleBinding } from "@pulumi/kubernetes/rbac/v1/roleBinding.js";
export { StorageClass } from "@pulumi/kubernetes/storage/v1/storageClass.js";

/** Shapes of what the API accepts, such as `core.Container`. */
export type Container = types.input.core.v1.Container;
export type EnvVar = types.input.core.v1.EnvVar;
export type PodSecurityContext = types.input.core.v1.PodSecurityContext;
export type PodSpec = types.input.core.v1.PodSpec;
export type Probe = types.input.core.v1.Probe;
export type SecurityContext = types.input.core.v1.SecurityContext;
export type TopologySpreadConstraint = types.input.core.v1.TopologySpreadConstraint;
export type Volume = types.input.core.v1.Volume;
export type VolumeMount = types.input.core.v1.VolumeMount;
export type NetworkPolicyPeer = types.input.networking.v1.NetworkPolicyPeer;
export type NetworkPolicyIngressRule = types.input.networking.v1.NetworkPolicyIngressRule;
export type NetworkPolicyEgressRule = types.input.networking.v1.NetworkPolicyEgressRule;
