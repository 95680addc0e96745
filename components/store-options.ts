import type { StatefulSetArgs } from "@pulumi/kubernetes/apps/v1/statefulSet.js";
import type { ConfigMapArgs } from "@pulumi/kubernetes/core/v1/configMap.js";
import type { SecretArgs } from "@pulumi/kubernetes/core/v1/secret.js";
import type { ServiceArgs } from "@pulumi/kubernetes/core/v1/service.js";
import type { ServiceAccountArgs } from "@pulumi/kubernetes/core/v1/serviceAccount.js";
import type { NetworkPolicyArgs } from "@pulumi/kubernetes/networking/v1/networkPolicy.js";
import type { PodDisruptionBudgetArgs } from "@pulumi/kubernetes/policy/v1/podDisruptionBudget.js";
import type { ComponentResourceOptions } from "@pulumi/pulumi";
import type { Transform } from "./transform.ts";

/** What of a store can be changed where its arguments do not reach. */
export interface StoreTransforms {
  /** The identity of the servers. */
  serviceAccount?: Transform<ServiceAccountArgs>;
  /** Who gets in and where the servers get out. */
  networkPolicy?: Transform<NetworkPolicyArgs>;
  /** How many servers may be taken away on purpose. */
  disruptionBudget?: Transform<PodDisruptionBudgetArgs>;
  /** The configuration of the servers. */
  configMap?: Transform<ConfigMapArgs>;
  /** The Secret that the servers read; those of its users are as they are. */
  secret?: Transform<SecretArgs>;
  /** Asked for each Service. */
  service?: Transform<ServiceArgs>;
  /** The servers themselves. */
  statefulSet?: Transform<StatefulSetArgs>;
}

/** Options of a store in TypeScript programs. */
export interface StoreOptions extends ComponentResourceOptions {
  /**
   * Changes single children where the arguments do not reach.
   *
   * @default {} (children are made as the arguments say)
   * @example { statefulSet: (built) => ({ ...built, metadata: { ...built.metadata, annotations: { team: "data" } } }) }
   */
  transform?: StoreTransforms;
}
