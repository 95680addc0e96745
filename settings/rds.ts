import type { Environment } from "./cluster.ts";
import type { Section } from "./section.ts";

/** Amazon RDS, beside an EKS cluster that the stack makes. */
export interface RdsSettings {
  readonly kind: "rds";
  /** Size of its volume. */
  readonly storage: string;
}

/**
 * Reads how PostgreSQL runs at RDS.
 *
 * @param section The stack's `postgres`.
 * @throws {SettingsError} for an unknown key or a value that cannot be.
 */
export function readRds(section: Section, _environment: Environment): RdsSettings {
  const settings = { kind: "rds", storage: section.quantity("storage") ?? "20Gi" } as const;
  section.refuseUnknownKeys();
  return settings;
}
