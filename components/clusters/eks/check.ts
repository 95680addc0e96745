import { SettingsError } from "../../../settings/error.ts";
import { checkPrincipals, publicRanges } from "./access.ts";
import type { EksClusterArgs, EksNodeGroupArgs } from "./args.ts";
import { type Architecture, commonArchitecture } from "./instance-types.ts";
import { addressIn, planSubnets, readRange, refuseOverlaps, type ZoneSubnets } from "./subnets.ts";
import { readRegion, zonesOf } from "./zones.ts";

/** Arguments of a cluster without gaps or contradictions, and what follows from them. */
export interface EksPlan {
  readonly cidr: string;
  readonly serviceCidr: string;
  /** Address of the cluster's DNS. */
  readonly dnsAddress: string;
  readonly zones: readonly string[];
  /** The subnets of each zone. */
  readonly subnets: readonly ZoneSubnets[];
  /** Ranges from which the API server is reached over the internet. */
  readonly publicAccess: readonly string[];
  /** Groups of nodes; none: Auto Mode. */
  readonly nodeGroups: readonly EksNodeGroupArgs[];
  /** Processors that nodes may have, and images have to be for. */
  readonly architectures: readonly Architecture[];
}

const NAME = /^[a-z]([-a-z0-9]*[a-z0-9])?$/;
/** Longest name: those of roles that are derived from it may have 64 letters. */
const LONGEST_NAME = 32;
const MOST_NODES = 1000;
/** Days that CloudWatch can keep logs for. */
const LOG_DAYS = [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557];

/**
 * Checks what a cluster is made from, and plans its network.
 *
 * @param name The cluster's name.
 * @param place What messages put before a key, such as `tradestack:cluster`.
 * @throws {SettingsError} at the first argument that cannot be.
 */
export function planEks(name: string, args: EksClusterArgs, place = `EksCluster "${name}"`): EksPlan {
  const key = (word: string) => `${place}.${word}`;
  checkName(key("name"), name);
  readRegion(key("region"), args.region);
  if (!/^\d{12}$/.test(args.account)) {
    throw new SettingsError(
      `${key("account")}: ${JSON.stringify(args.account)} is no AWS account; write its 12 digits, in quotes`,
    );
  }
  if (args.version !== undefined && !/^1\.\d{2}$/.test(args.version)) {
    throw new SettingsError(
      `${key("version")}: ${JSON.stringify(args.version)} is no version of Kubernetes at EKS; write it like "1.35", in quotes`,
    );
  }
  const { cidr = "10.0.0.0/16", serviceCidr = "172.20.0.0/16", connectedCidrs = [], logDays } = args;
  const zones = zonesOf(key("zones"), args.region, args.zones);
  const subnets = planSubnets(key("cidr"), cidr, zones.length);
  readRange(key("serviceCidr"), serviceCidr, 12, 24);
  refuseOverlaps({
    [key("cidr")]: cidr,
    [key("serviceCidr")]: serviceCidr,
    ...Object.fromEntries(connectedCidrs.map((range, index) => [key(`connectedCidrs[${index}]`), range])),
  });
  checkPrincipals(key("admins"), args.admins ?? []);
  checkPrincipals(key("viewers"), args.viewers ?? []);
  const both = args.viewers?.find((viewer) => args.admins?.includes(viewer));
  if (both !== undefined) {
    throw new SettingsError(
      `${key("viewers")}: ${both} is one of the admins already; remove it from one list`,
    );
  }
  if (logDays !== undefined && !LOG_DAYS.includes(logDays)) {
    throw new SettingsError(
      `${key("logDays")}: CloudWatch does not know ${logDays} days; write one of ${LOG_DAYS.join(", ")}`,
    );
  }
  const nodeGroups = args.nodeGroups ?? [];
  return {
    cidr,
    serviceCidr,
    // EKS gives it the tenth address.
    dnsAddress: addressIn(serviceCidr, 10),
    zones,
    subnets,
    publicAccess: publicRanges(key("publicAccessCidrs"), args.publicAccessCidrs ?? []),
    nodeGroups,
    // The nodes that Auto Mode makes for general purposes are of one kind.
    architectures: nodeGroups.length === 0 ? ["amd64"] : checkNodeGroups(key("nodeGroups"), nodeGroups),
  };
}

function checkName(place: string, name: string): void {
  if (NAME.test(name) && name.length <= LONGEST_NAME) return;
  throw new SettingsError(
    `${place}: ${JSON.stringify(name)} cannot be a name here; use up to ${LONGEST_NAME} small letters, digits and dashes`,
  );
}

function checkNodeGroups(place: string, groups: readonly EksNodeGroupArgs[]): Architecture[] {
  const names = new Set<string>();
  const architectures = new Set<Architecture>();
  for (const { name, instanceTypes, min, max, diskGiB } of groups) {
    const group = `${place}.${name}`;
    checkName(group, name);
    if (names.has(name)) {
      throw new SettingsError(`${group}: two groups have this name; choose another for one`);
    }
    names.add(name);
    architectures.add(commonArchitecture(`${group}.instanceTypes`, instanceTypes));
    count(`${group}.min`, min, 0, MOST_NODES);
    count(`${group}.max`, max, 1, MOST_NODES);
    if (min > max) {
      throw new SettingsError(`${group}: min (${min}) is above max (${max}); lower min or raise max`);
    }
    if (diskGiB !== undefined) count(`${group}.diskGiB`, diskGiB, 20, 16_384);
  }
  if (groups.every(({ min }) => min === 0)) {
    throw new SettingsError(
      `${place}: every group may be empty, and then nothing of the system's own runs; give one a min of 1 or more`,
    );
  }
  return [...architectures];
}

function count(place: string, value: number, min: number, max: number): void {
  if (Number.isInteger(value) && value >= min && value <= max) return;
  throw new SettingsError(`${place}: ${value} is not a whole number from ${min} to ${max}`);
}
