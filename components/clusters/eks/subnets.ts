import { SettingsError } from "../../../settings/error.ts";
import { contains, type Network, parseNetwork } from "../load-balancer/network.ts";

/** Most availability zones that a range is shared out to. No region has more. */
export const MOST_ZONES = 6;
/** The range is cut into this many parts, however many zones there are: one more zone moves no other. */
const PARTS = 8;
/** The part that the public subnets share, and the one that those of databases do. */
const PUBLIC_PART = MOST_ZONES;
const DATA_PART = PUBLIC_PART + 1;
/** AWS takes ranges from /16 on; what is longer than /21 leaves a load balancer fewer addresses than it needs. */
const LONGEST = 21;
const SHORTEST = 16;
/** Ranges of a network's own (RFC 1918), which the policies of pods tell from the internet. */
const PRIVATE = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"];

/** The subnets of one availability zone. */
export interface ZoneSubnets {
  /** For load balancers and NAT gateways. */
  readonly public: string;
  /** For nodes and pods; eight times as large as each of the others. */
  readonly private: string;
  /** For databases, without a way to the internet. */
  readonly data: string;
}

/**
 * Cuts a VPC's range into three subnets for each availability zone.
 *
 * @param place What messages call the range, such as `tradestack:cluster.cidr`.
 * @param cidr The VPC's range, /16 to /21.
 * @param zones How many zones there are, 1 to 6.
 * @returns The subnets of each; those of the first zones are the same however many there are.
 * @throws {SettingsError} for what is no private range of that size.
 * @example planSubnets("cidr", "10.0.0.0/16", 3)[0] // { private: "10.0.0.0/19", public: "10.0.192.0/22", data: "10.0.224.0/22" }
 */
export function planSubnets(place: string, cidr: string, zones: number): ZoneSubnets[] {
  if (!Number.isInteger(zones) || zones < 1 || zones > MOST_ZONES) {
    throw new SettingsError(
      `${place}: a range cannot be shared out to ${zones} zones; give it 1 to ${MOST_ZONES}`,
    );
  }
  const range = readRange(place, cidr, SHORTEST, LONGEST);
  const part = range.size / PARTS;
  const small = part / PARTS;
  return Array.from({ length: zones }, (_, zone) => ({
    public: written(range.base + PUBLIC_PART * part + zone * small, small),
    private: written(range.base + zone * part, part),
    data: written(range.base + DATA_PART * part + zone * small, small),
  }));
}

/**
 * Reads a private range.
 *
 * @param shortest Shortest prefix, that is the largest range.
 * @param longest Longest prefix, that is the smallest range.
 * @throws {SettingsError} for what is none, begins in the middle of one, or has another size.
 */
export function readRange(place: string, cidr: string, shortest: number, longest: number): Network {
  const refuse = (problem: string): never => {
    throw new SettingsError(`${place}: ${JSON.stringify(cidr)} ${problem}`);
  };
  const range = parseNetwork(cidr);
  if (range === undefined) return refuse("is no range of addresses; write it like 10.0.0.0/16");
  const whole = written(range.base, range.size);
  if (whole !== cidr) refuse(`begins within a range; write ${whole}`);
  const prefix = prefixOf(range.size);
  if (prefix > longest) refuse(`is too small; write a range from /${shortest} to /${longest}`);
  if (prefix < shortest) refuse(`is too large; write a range from /${shortest} to /${longest}`);
  if (!PRIVATE.some((own) => within(parseNetwork(own), range))) {
    refuse(`belongs to others; write a range within ${PRIVATE.join(", ")}`);
  }
  return range;
}

/**
 * Refuses ranges of which one address would lead to two places.
 *
 * @param ranges Ranges by what messages call them.
 * @throws {SettingsError} naming the first two that overlap.
 */
export function refuseOverlaps(ranges: Readonly<Record<string, string>>): void {
  const known: [place: string, cidr: string, network: Network][] = [];
  for (const [place, cidr] of Object.entries(ranges)) {
    const network = parseNetwork(cidr);
    if (network === undefined) {
      throw new SettingsError(
        `${place}: ${JSON.stringify(cidr)} is no range of addresses; write it like 10.0.0.0/16`,
      );
    }
    const other = known.find(([, , first]) => overlap(first, network));
    if (other !== undefined) {
      throw new SettingsError(`${place}: ${cidr} overlaps ${other[0]} (${other[1]}); choose another range`);
    }
    known.push([place, cidr, network]);
  }
}

/** Whether two ranges have an address in common. */
export function overlap(a: Network, b: Network): boolean {
  return a.base < b.base + b.size && b.base < a.base + a.size;
}

/**
 * An address of a range, counted from its first one.
 *
 * @example addressIn("172.20.0.0/16", 10) // "172.20.0.10"
 */
export function addressIn(cidr: string, index: number): string {
  const network = parseNetwork(cidr);
  if (network === undefined || index >= network.size) {
    throw new SettingsError(`${JSON.stringify(cidr)} has no address number ${index}; choose a larger range`);
  }
  return dotted(network.base + index);
}

function within(outer: Network | undefined, { base, size }: Network): boolean {
  return outer !== undefined && contains(outer, dotted(base)) && contains(outer, dotted(base + size - 1));
}

const prefixOf = (size: number): number => 32 - Math.log2(size);
const written = (base: number, size: number): string => `${dotted(base)}/${prefixOf(size)}`;
const dotted = (address: number): string =>
  [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join(".");
