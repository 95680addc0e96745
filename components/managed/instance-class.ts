import { nearest } from "../../nearest.ts";
import { SettingsError } from "../../settings/error.ts";

/** Memory in GiB of the size `large`, by the letter that a family begins with. */
const LARGE_GIB: Readonly<Record<string, number>> = { t: 8, m: 8, r: 16 };
/** Families of instances that RDS offers for PostgreSQL. */
const FAMILIES = [
  ...["t3", "t4g"],
  ...["m5", "m5d", "m6g", "m6gd", "m6i", "m6id", "m7g", "m7i", "m8g", "m8gd"],
  ...["r5", "r5d", "r6g", "r6gd", "r6i", "r6id", "r7g", "r7i", "r8g", "r8gd"],
];
/** Sizes, as multiples of `large`. */
const SIZES: Readonly<Record<string, number>> = {
  micro: 1 / 8,
  small: 1 / 4,
  medium: 1 / 2,
  large: 1,
  ...Object.fromEntries(
    [1, 2, 4, 6, 8, 12, 16, 24, 32, 48].map((multiple) => [
      `${multiple === 1 ? "" : multiple}xlarge`,
      multiple * 2,
    ]),
  ),
};
const GIB = 2 ** 30;
/** Bytes that RDS itself counts for each connection: its default limit is the memory divided by these. */
const BYTES_PER_CONNECTION = 9_531_392;

/**
 * The memory of a class of database instances in GiB.
 *
 * @param place What messages call the value.
 * @param name Such as `db.m7g.large`.
 * @throws {SettingsError} for a family or size that nobody knows, with the nearest one that is known.
 * @example memoryOf("instanceClass", "db.m7g.large") // 8
 */
export function memoryOf(place: string, name: string): number {
  const refuse = (problem: string): never => {
    throw new SettingsError(`${place}: ${JSON.stringify(name)} ${problem}`);
  };
  const [prefix, family = "", size = "", ...more] = name.split(".");
  if (prefix !== "db" || more.length > 0)
    return refuse("is no class of instances; write it like db.m7g.large");
  if (!FAMILIES.includes(family)) {
    refuse(`is of no known family; write db.${nearest(family, FAMILIES) ?? "m7g"}.${size}`);
  }
  const multiple = SIZES[size];
  const large = LARGE_GIB[family.charAt(0)];
  if (multiple === undefined || large === undefined) {
    return refuse(`is of no known size; write db.${family}.${nearest(size, Object.keys(SIZES)) ?? "large"}`);
  }
  return multiple * large;
}

/**
 * Refuses a class of instances with too little memory for as many connections as services may open.
 *
 * @throws {SettingsError} naming how many it has memory for.
 */
export function checkConnections(place: string, name: string, connections: number): void {
  const most = Math.floor((memoryOf(place, name) * GIB) / BYTES_PER_CONNECTION);
  if (connections <= most) return;
  throw new SettingsError(
    `${place}: ${name} has memory for ${most} connections, and the services may open ${connections}; take a larger class, or lower scale.max of services`,
  );
}
