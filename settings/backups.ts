import { SettingsError } from "./error.ts";
import type { Section } from "./section.ts";

/** Where backups go. */
const TARGETS = ["volume", "s3", "none"] as const;
/** Most backups that are kept: one a day for ten years. */
const MOST_KEPT = 3650;

/** How the databases are saved. */
export interface BackupSettings {
  /** When, in the five fields of cron, in UTC. */
  readonly schedule: string;
  /** How many of the newest stay. */
  readonly keep: number;
  /** Size of the volume that holds them; on the way to a bucket, that of the volume where one is put together. */
  readonly storage: string;
  /** Undefined: they stay on the volume. */
  readonly bucket: BucketSettings | undefined;
}

/** A bucket at S3, which the pods reach by their own identity. */
export interface BucketSettings {
  readonly name: string;
  readonly region: string;
  /** What names of its objects begin with. */
  readonly prefix: string;
  /** Whether a stack on EKS makes it; one on another cluster never does. */
  readonly make: boolean;
}

/**
 * Reads how the databases are saved.
 *
 * @param section The stack's `backups`.
 * @param fallback Where they go if the stack does not say.
 * @returns Undefined where they are not.
 * @throws {SettingsError} for a key that the target does not have, or a value that cannot be.
 */
export function readBackups(section: Section, fallback: "volume" | "none"): BackupSettings | undefined {
  const to = section.oneOf("to", TARGETS) ?? fallback;
  const settings = {
    schedule: readSchedule(section),
    keep: section.integer("keep", 1, MOST_KEPT) ?? 7,
    storage: section.quantity("storage") ?? "10Gi",
    bucket: to === "s3" ? readBucket(section) : undefined,
  };
  section.refuseUnknownKeys();
  return to === "none" ? undefined : settings;
}

/** The values of each field of a schedule, and the names that two of them take instead. */
const FIELDS: readonly { readonly from: number; readonly to: number; readonly names: readonly string[] }[] = [
  { from: 0, to: 59, names: [] },
  { from: 0, to: 23, names: [] },
  { from: 1, to: 31, names: [] },
  { from: 1, to: 12, names: "jan feb mar apr may jun jul aug sep oct nov dec".split(" ") },
  { from: 0, to: 6, names: "sun mon tue wed thu fri sat".split(" ") },
];
const STEP = /^(?<range>[^/]+)(\/[1-9][0-9]*)?$/;

/** Whether a text is a schedule as CronJobs take it. */
export function isSchedule(text: string): boolean {
  const fields = text.split(" ");
  return (
    fields.length === FIELDS.length &&
    FIELDS.every(({ from, to, names }, index) => {
      const value = (word: string) => (/^\d+$/.test(word) ? Number(word) : from + placeOf(word, names));
      return fields[index]?.split(",").every((part) => {
        const range = STEP.exec(part)?.groups?.range;
        if (range === undefined) return false;
        if (range === "*") return true;
        const ends = range.split("-").map(value);
        const [first = Number.NaN, last = first] = ends;
        return ends.length <= 2 && first >= from && last <= to && first <= last;
      });
    })
  );
}

/** Place of a name among others; NaN where it is not among them, which is in no range. */
function placeOf(word: string, names: readonly string[]): number {
  const found = names.indexOf(word.toLowerCase());
  return found < 0 ? Number.NaN : found;
}

function readSchedule(section: Section): string {
  const schedule = section.text("schedule");
  if (schedule === undefined) return "17 3 * * *";
  if (!isSchedule(schedule)) {
    section.refuse(
      "schedule",
      'is not a schedule; write minute, hour, day, month and weekday in UTC, such as "17 3 * * *"',
    );
  }
  return schedule;
}

const BUCKET = /^[a-z0-9][-.a-z0-9]{1,61}[a-z0-9]$/;
const REGION = /^[a-z]{2}(-[a-z]+)+-\d$/;
const PREFIX = /^[-._a-zA-Z0-9]+(\/[-._a-zA-Z0-9]+)*$/;

function readBucket(section: Section): BucketSettings {
  const required = (key: string, pattern: RegExp, remedy: string): string => {
    const value = section.text(key);
    if (value === undefined) throw new SettingsError(`${section.name(key)} is missing; ${remedy}`);
    return pattern.test(value) ? value : section.refuse(key, `cannot be one; ${remedy}`);
  };
  return {
    name: required("bucket", BUCKET, "name the S3 bucket, such as example-backups"),
    region: required("region", REGION, "name the region that the bucket is in, such as eu-central-1"),
    prefix: section.has("prefix")
      ? required("prefix", PREFIX, "write a path without slashes around it, such as shop/postgres")
      : "tradestack",
    make: section.flag("makeBucket") ?? true,
  };
}
