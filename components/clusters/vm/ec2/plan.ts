import { SettingsError } from "../../../../settings/error.ts";
import { type Architecture, commonArchitecture } from "../../eks/instance-types.ts";
import { addressIn, planSubnets, readRange, type ZoneSubnets } from "../../eks/subnets.ts";
import { readRegion, zonesOf } from "../../eks/zones.ts";
import { parseNetwork } from "../../load-balancer/network.ts";
import { checkCluster, STAND_IN_SECRET } from "../check.ts";
import type { Ec2VmClusterArgs } from "./args.ts";

export const INSTANCE_TYPE = "m7i.large";
const CIDR = "10.0.0.0/16";
/** First of the servers' addresses in a subnet; AWS keeps four at its beginning. */
const FIRST_ADDRESS = 10;
const MOST_MACHINES = 1000;
/** Longest name: load balancers may have 32 letters, of which `-web-443` takes eight. */
const NAME = /^[a-z]([-a-z0-9]{0,22}[a-z0-9])?$/;
const DISK_GIB = { default: 50, least: 10, most: 16_384 };

/** Where a server is. */
export interface ServerPlace {
  readonly address: string;
  /** Which of the zones. */
  readonly zone: number;
}

/** What follows from the arguments. */
export interface Ec2Plan {
  readonly cidr: string;
  readonly zones: readonly string[];
  readonly subnets: readonly ZoneSubnets[];
  readonly servers: readonly ServerPlace[];
  readonly architecture: Architecture;
  readonly serverDiskGiB: number;
  readonly agentDiskGiB: number;
}

/**
 * Checks what is EC2's of a cluster, and plans where its servers are. Their addresses are known beforehand, as the others
 * have to know them.
 *
 * @param place What messages put before a key, such as `tradestack:cluster`.
 * @throws {SettingsError} at the first argument that cannot be.
 */
export function planEc2(
  name: string,
  args: Omit<Ec2VmClusterArgs, "secret">,
  place = `Ec2VmCluster "${name}"`,
): Ec2Plan {
  const key = (word: string) => `${place}.${word}`;
  const refuse = (word: string, value: unknown, remedy: string): never => {
    throw new SettingsError(`${key(word)}: ${JSON.stringify(value)} cannot be: ${remedy}`);
  };
  const whole = (word: string, value: number, least: number, most: number): number =>
    Number.isInteger(value) && value >= least && value <= most
      ? value
      : refuse(word, value, `write a whole number from ${least} to ${most}`);
  if (!NAME.test(name)) {
    refuse("name", name, "small letters, digits and dashes, 24 at most, a letter first");
  }
  readRegion(key("region"), args.region);
  if (!/^\d{12}$/.test(args.account)) refuse("account", args.account, "write the account's 12 digits");
  const { cidr = CIDR, servers = 3, agents, connectedCidrs = [], webCidrs = [] } = args;
  const zones = zonesOf(key("zones"), args.region, args.zones);
  const subnets = planSubnets(key("cidr"), cidr, zones.length);
  if (servers !== 1 && servers !== 3) refuse("servers", servers, "write 1 or 3");
  whole("agents.max", agents.max, 1, MOST_MACHINES);
  whole("agents.min", agents.min, 0, agents.max);
  for (const [index, range] of connectedCidrs.entries()) {
    readRange(key(`connectedCidrs[${index}]`), range, 8, 32);
  }
  for (const [index, range] of webCidrs.entries()) {
    if (range !== "0.0.0.0/0" && parseNetwork(range) === undefined) {
      refuse(`webCidrs[${index}]`, range, "write a range such as 203.0.113.0/24");
    }
  }
  const types = [args.serverType ?? INSTANCE_TYPE, agents.instanceType ?? INSTANCE_TYPE];
  const disk = (word: string, value = DISK_GIB.default) => whole(word, value, DISK_GIB.least, DISK_GIB.most);
  const places = Array.from({ length: servers }, (_, index): ServerPlace => {
    const zone = index % zones.length;
    const offset = FIRST_ADDRESS + Math.floor(index / zones.length);
    return { zone, address: addressIn(subnets[zone]?.private ?? cidr, offset) };
  });
  const architecture = commonArchitecture(`${key("serverType")} and agents.instanceType`, types);
  const { podCidr, serviceCidr, disable, release } = args;
  checkCluster(
    name,
    {
      // What is known later is right whatever it is.
      secret: STAND_IN_SECRET,
      address: "load-balancer",
      servers: places.map(({ address }) => address),
      nodeCidr: cidr,
      podCidr,
      serviceCidr,
      disable,
      release: { ...release, architecture },
    },
    `${place}.`,
  );
  return {
    cidr,
    zones,
    subnets,
    servers: places,
    architecture,
    serverDiskGiB: disk("serverDiskGiB", args.serverDiskGiB),
    agentDiskGiB: disk("agents.diskGiB", agents.diskGiB),
  };
}
