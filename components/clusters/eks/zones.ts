import { SettingsError } from "../../../settings/error.ts";
import { MOST_ZONES } from "./subnets.ts";

/** A region, such as `eu-central-1` or `us-gov-west-1`. */
const REGION = /^[a-z]{2}(-[a-z]+)+-[1-9]$/;
/** Fewest zones that EKS makes a control plane in. */
const FEWEST_ZONES = 2;
/** Letters of the zones that a region offers, where they are not a, b and c. */
const LETTERS: Readonly<Record<string, readonly string[]>> = {
  "ap-northeast-1": ["a", "c", "d"],
  "ca-central-1": ["a", "b", "d"],
};
/** Each account has two of its zones, and not everybody the same ones. */
const DIFFER = ["us-west-1"];

/**
 * Reads the name of a region.
 *
 * @throws {SettingsError} for what is none.
 */
export function readRegion(place: string, region: string): string {
  if (REGION.test(region)) return region;
  throw new SettingsError(`${place}: ${JSON.stringify(region)} is no region; write it like eu-central-1`);
}

/**
 * The availability zones of a cluster. They are named, not asked for, so that a review needs no credentials and a
 * region's next zone changes nothing.
 *
 * @param names Names of zones. Default: the first three of the region.
 * @throws {SettingsError} for none, too many, one that is named twice, or one of another region.
 * @example zonesOf("zones", "eu-central-1") // ["eu-central-1a", "eu-central-1b", "eu-central-1c"]
 */
export function zonesOf(place: string, region: string, names?: readonly string[]): string[] {
  const example = `${region}a, ${region}b`;
  if (names === undefined && DIFFER.includes(region)) {
    throw new SettingsError(
      `${place} is missing; accounts differ in the zones that they have in ${region}: name two, such as ${example}`,
    );
  }
  const zones = names ?? (LETTERS[region] ?? ["a", "b", "c"]).map((letter) => `${region}${letter}`);
  for (const [index, zone] of zones.entries()) {
    if (!(zone.startsWith(region) && /^[a-z]$/.test(zone.slice(region.length)))) {
      throw new SettingsError(
        `${place}[${index}]: ${JSON.stringify(zone)} is no availability zone of ${region}; write it like ${region}a`,
      );
    }
    if (zones.indexOf(zone) !== index) {
      throw new SettingsError(`${place}[${index}]: ${zone} is named twice; name another zone`);
    }
  }
  if (zones.length < FEWEST_ZONES || zones.length > MOST_ZONES) {
    throw new SettingsError(
      `${place}: a cluster cannot be in ${zones.length} zones; name ${FEWEST_ZONES} to ${MOST_ZONES}, such as ${example}`,
    );
  }
  return [...zones];
}

/** The part of AWS that a region belongs to, as names of its resources (ARNs) have it. */
export function partitionOf(region: string): string {
  if (region.startsWith("cn-")) return "aws-cn";
  return region.startsWith("us-gov-") ? "aws-us-gov" : "aws";
}

/** What host names in a region end with. */
export function domainOf(region: string): string {
  return region.startsWith("cn-") ? "amazonaws.com.cn" : "amazonaws.com";
}
