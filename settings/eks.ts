import type { EksClusterArgs, EksNodeGroupArgs } from "../components/clusters/eks/args.ts";
import { type EksPlan, planEks } from "../components/clusters/eks/check.ts";
import { SettingsError } from "./error.ts";
import type { Section } from "./section.ts";

/** A Kubernetes on Amazon EKS that the stack makes. */
export interface EksTarget {
  readonly kind: "eks";
  /** Name of the cluster. */
  readonly name: string;
  /** What it is made from. */
  readonly args: EksClusterArgs;
  /** What follows from that. */
  readonly plan: EksPlan;
}

/**
 * Reads what a cluster on EKS is made from. Its keys are the arguments of EksCluster.
 *
 * @param section The stack's `cluster`, without its kind.
 * @throws {SettingsError} for what is missing, unknown, or cannot be.
 */
export function readEks(section: Section): EksTarget {
  const name = required(section, "name", "name the cluster, such as tradestack-prod");
  const region = required(section, "region", "name the region that it is in, such as eu-central-1");
  const account = required(section, "account", "write the 12 digits of the AWS account, in quotes");
  const args: EksClusterArgs = {
    region,
    account,
    version: section.text("version"),
    cidr: section.text("cidr"),
    serviceCidr: section.text("serviceCidr"),
    connectedCidrs: section.texts("connectedCidrs"),
    zones: section.texts("zones"),
    singleNat: section.flag("singleNat"),
    publicAccessCidrs: section.texts("publicAccessCidrs"),
    admins: section.texts("admins"),
    viewers: section.texts("viewers"),
    nodeGroups: readNodeGroups(section.section("nodeGroups")),
    logDays: section.integer("logDays", 1, 2557),
    deletionProtection: section.flag("deletionProtection"),
  };
  section.refuseUnknownKeys();
  return { kind: "eks", name, args, plan: planEks(name, args, section.path) };
}

function required(section: Section, key: string, remedy: string): string {
  const value = section.text(key);
  if (value === undefined) throw new SettingsError(`${section.name(key)} is missing; ${remedy}`);
  return value;
}

/** Groups by name; none: Auto Mode. */
function readNodeGroups(section: Section): EksNodeGroupArgs[] | undefined {
  const groups = section.keys().map((name): EksNodeGroupArgs => {
    const group = section.section(name);
    const instanceTypes = group.texts("instanceTypes");
    const [min, max] = [group.integer("min", 0, 1000), group.integer("max", 1, 1000)];
    if (instanceTypes === undefined || min === undefined || max === undefined) {
      throw new SettingsError(
        `${group.path}: a group has instanceTypes, min and max; write such as { instanceTypes: [m7i.large], min: 3, max: 9 }`,
      );
    }
    const read = {
      name,
      instanceTypes,
      min,
      max,
      diskGiB: group.integer("diskGiB", 20, 16_384),
      spot: group.flag("spot"),
    };
    group.refuseUnknownKeys();
    return read;
  });
  return groups.length === 0 ? undefined : groups;
}
