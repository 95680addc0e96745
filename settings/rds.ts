import { memoryOf } from "../components/managed/instance-class.ts";
import type { RdsPostgresArgs } from "../components/managed/rds-postgres.ts";
import { parseQuantity } from "../components/quantity.ts";
import type { Environment } from "./cluster.ts";
import { SettingsError } from "./error.ts";
import type { Section } from "./section.ts";

/** Amazon RDS, beside an EKS cluster that the stack makes. */
export interface RdsSettings {
  readonly kind: "rds";
  /** Size of its volume. */
  readonly storage: string;
  /** What the instance is made from. */
  readonly args: Pick<
    RdsPostgresArgs,
    "instanceClass" | "storageGiB" | "maxStorageGiB" | "multiAz" | "backupDays" | "deletionProtection"
  >;
  /** File with the authorities of RDS; undefined: AWS is asked for them. */
  readonly authority: string | undefined;
}

/** What RDS takes for a volume of PostgreSQL. */
const SMALLEST_GIB = 20;
const LARGEST_GIB = 65_536;

/**
 * Reads how PostgreSQL runs at RDS.
 *
 * @param section The stack's `postgres`.
 * @param environment Outside of production a standby has to be asked for.
 * @throws {SettingsError} for an unknown key or a value that cannot be.
 */
export function readRds(section: Section, environment: Environment): RdsSettings {
  const storage = section.quantity("storage") ?? "20Gi";
  const production = environment === "prod";
  const instanceClass = section.text("instanceClass") ?? (production ? "db.m7g.large" : "db.t4g.medium");
  memoryOf(section.name("instanceClass"), instanceClass);
  const storageGiB = wholeGiB(section, "storage", storage);
  const most = section.quantity("maxStorage");
  const maxStorageGiB = most === undefined ? storageGiB * 5 : wholeGiB(section, "maxStorage", most);
  // RDS makes a volume larger by a tenth at least.
  if (maxStorageGiB < storageGiB * 1.1) {
    throw new SettingsError(
      `${section.name("maxStorage")}: ${most} leaves no room to grow above storage (${storage}); write ${Math.ceil(storageGiB * 1.1)}Gi or more`,
    );
  }
  const settings: RdsSettings = {
    kind: "rds",
    storage,
    args: {
      instanceClass,
      storageGiB,
      maxStorageGiB,
      multiAz: section.flag("multiAz") ?? production,
      backupDays: section.integer("backupDays", 1, 35) ?? 14,
      deletionProtection: section.flag("deletionProtection") ?? production,
    },
    authority: section.text("authority"),
  };
  section.refuseUnknownKeys();
  return settings;
}

function wholeGiB(section: Section, key: string, text: string): number {
  const gib = (parseQuantity(text) ?? 0) / 2 ** 30;
  if (Number.isInteger(gib) && gib >= SMALLEST_GIB && gib <= LARGEST_GIB) return gib;
  throw new SettingsError(
    `${section.name(key)}: ${text} is no size of a volume at RDS; write ${SMALLEST_GIB}Gi to 64Ti, in whole GiB`,
  );
}
