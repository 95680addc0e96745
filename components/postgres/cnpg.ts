/** The part of CloudNativePG's `Cluster` that is used here: https://cloudnative-pg.io/docs */

import type { Input } from "@pulumi/pulumi";
import type { containerResources } from "../stateful.ts";

/** Version of the operator's API. */
export const CNPG_API = "postgresql.cnpg.io/v1";
/** Label by which the operator marks the pods of a cluster. */
export const CNPG_CLUSTER = "cnpg.io/cluster";
/** Port by which the operator asks an instance how it does. */
export const CNPG_STATUS_PORT = 8000;
/** Port that Prometheus reads. */
export const CNPG_METRICS_PORT = 9187;

/** What is wanted of a cluster of servers. */
export interface ClusterSpec {
  /** Servers, the primary included. */
  readonly instances: number;
  readonly imageName: Input<string>;
  readonly imagePullPolicy: "IfNotPresent";
  /** Whether `postgres` may log in with the password that the Secret holds. */
  readonly enableSuperuserAccess: boolean;
  readonly superuserSecret: { readonly name: Input<string> };
  readonly postgresql: {
    readonly parameters: Readonly<Record<string, string>>;
    /** Lines of `pg_hba.conf` between those that the operator needs and the one that lets everybody in. */
    readonly pg_hba: readonly string[];
    /** How many standbys have written a commit before it counts. */
    readonly synchronous: {
      readonly method: "any" | "first";
      readonly number: number;
      readonly dataDurability: "required" | "preferred";
    };
  };
  readonly storage: { readonly size: string; readonly storageClass?: string };
  readonly resources: ReturnType<typeof containerResources>;
  readonly affinity: {
    readonly enablePodAntiAffinity: boolean;
    readonly topologyKey: string;
    readonly podAntiAffinityType: "preferred" | "required";
  };
  readonly topologySpreadConstraints: readonly {
    readonly maxSkew: number;
    readonly topologyKey: string;
    readonly whenUnsatisfiable: "ScheduleAnyway" | "DoNotSchedule";
    readonly labelSelector: { readonly matchLabels: Readonly<Record<string, string>> };
  }[];
  /** Whether the operator keeps disruption budgets for the primary and for the standbys. */
  readonly enablePDB: boolean;
  readonly primaryUpdateStrategy: "unsupervised" | "supervised";
  /** On an update, the newest standby takes over before the old primary goes. */
  readonly primaryUpdateMethod: "switchover" | "restart";
  /** Labels of everything that the operator makes. */
  readonly inheritedMetadata: { readonly labels: Readonly<Record<string, string>> };
}

/** Name of the Service that leads to the primary. */
export const primaryService = (cluster: string): string => `${cluster}-rw`;

/** Name of the Secret in which the operator keeps the authority that signs the servers' certificates. */
export const authoritySecret = (cluster: string): string => `${cluster}-ca`;
