import { nearest } from "../../nearest.ts";
import { SettingsError } from "../../settings/error.ts";

/** Families of nodes that ElastiCache offers. */
const FAMILIES = ["t3", "t4g", "m5", "m6g", "m7g", "m8g", "r5", "r6g", "r6gd", "r7g", "r8g", "c7gn"];
const SIZES = [
  ...["micro", "small", "medium", "large"],
  ...["", "2", "4", "8", "12", "16", "24"].map((multiple) => `${multiple}xlarge`),
];

/**
 * Checks the type of ElastiCache's nodes.
 *
 * @param place What messages call the value.
 * @throws {SettingsError} for a family or size that nobody knows, with the nearest one that is known.
 */
export function checkNodeType(place: string, type: string): void {
  const refuse = (problem: string): never => {
    throw new SettingsError(`${place}: ${JSON.stringify(type)} ${problem}`);
  };
  const [prefix, family = "", size = "", ...more] = type.split(".");
  if (prefix !== "cache" || more.length > 0) refuse("is no type of nodes; write it like cache.t4g.small");
  if (!FAMILIES.includes(family)) {
    refuse(`is of no known family; write cache.${nearest(family, FAMILIES) ?? "t4g"}.${size}`);
  }
  if (!SIZES.includes(size)) {
    refuse(`is of no known size; write cache.${family}.${nearest(size, SIZES) ?? "small"}`);
  }
}
