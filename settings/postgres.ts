import type { ClusterTarget, Environment } from "./cluster.ts";
import { type RdsSettings, readRds } from "./rds.ts";
import type { Section } from "./section.ts";

/** How PostgreSQL runs. */
export const POSTGRES_KINDS = ["shared", "replicated", "rds"] as const;

/** One server for all services, which a restart interrupts for some seconds. */
export interface SharedSettings {
  readonly kind: "shared";
  /** Size of its volume. */
  readonly storage: string;
}

/** Three servers, of which one takes over when the primary is lost; the CloudNativePG operator runs them. */
export interface ReplicatedSettings {
  readonly kind: "replicated";
  /** Size of the volume of each. */
  readonly storage: string;
  readonly instances: number;
  /** Namespace of the operator, which is there already. */
  readonly operatorNamespace: string;
}

export type PostgresSettings = SharedSettings | ReplicatedSettings | RdsSettings;

/**
 * Reads how PostgreSQL runs.
 *
 * @param section The stack's `postgres`.
 * @param environment Where the stack belongs.
 * @param cluster Kind of the cluster that it is for.
 * @throws {SettingsError} for a key that its kind does not have, or a value that cannot be.
 */
export function readPostgres(
  section: Section,
  environment: Environment,
  cluster: ClusterTarget["kind"],
): PostgresSettings {
  const kind = section.oneOf("kind", POSTGRES_KINDS) ?? "shared";
  if (kind === "replicated" && cluster === "sandbox") {
    section.refuse(
      "kind",
      "needs the CloudNativePG operator, which the sandbox does not have; write shared, or use a cluster of yours",
    );
  }
  if (kind === "rds") return readRds(section, environment);
  const storage = section.quantity("storage") ?? "2Gi";
  const settings: PostgresSettings =
    kind === "shared"
      ? { kind, storage }
      : {
          kind,
          storage,
          instances: readInstances(section),
          operatorNamespace: section.dnsName("operatorNamespace") ?? "cnpg-system",
        };
  section.refuseUnknownKeys();
  return settings;
}

function readInstances(section: Section): number {
  const instances = section.integer("instances", 1, 9) ?? 3;
  // Every commit waits for a standby: with only one, its restart would stop all writes.
  if (instances < 3) {
    section.refuse(
      "instances",
      "leaves nobody to take over while one is away; write 3 or more, or kind: shared",
    );
  }
  return instances;
}
