import { SettingsError } from "../../../settings/error.ts";
import { parseNetwork } from "../load-balancer/network.ts";
import { overlap } from "./subnets.ts";

/** The word for every address. `0.0.0.0/0` is too easily left over from a trial to be one. */
export const EVERYWHERE = "everywhere";
/** Ranges that nobody on the internet comes from; EKS refuses them, too. */
const NOT_PUBLIC = [
  "0.0.0.0/8",
  "10.0.0.0/8",
  "100.64.0.0/10",
  "127.0.0.0/8",
  "169.254.0.0/16",
  "172.16.0.0/12",
  "192.168.0.0/16",
  "224.0.0.0/3",
];
const ALL = "0.0.0.0/0";
/** An IAM role or user. Not the account (`root`): EKS gives access to identities only. */
const PRINCIPAL = /^arn:aws(-cn|-us-gov)?:iam::\d{12}:(role|user)\/[\w+=,.@/-]+$/;
/** A role as a session has it, which ends. */
const SESSION = /^arn:aws[-a-z]*:sts::(?<account>\d{12}):assumed-role\/(?<role>[^/]+)\//;

/**
 * The ranges from which the cluster's API server is reached over the internet.
 *
 * @param place What messages call the list.
 * @param ranges Ranges in which people and pipelines are, or the word `everywhere`. None: only from within the VPC.
 * @returns The ranges as AWS takes them.
 * @throws {SettingsError} for what is no public range, and for `0.0.0.0/0`.
 */
export function publicRanges(place: string, ranges: readonly string[]): string[] {
  if (ranges.includes(EVERYWHERE)) {
    if (ranges.length === 1) return [ALL];
    throw new SettingsError(`${place}: "${EVERYWHERE}" makes the other ranges useless; remove it, or them`);
  }
  for (const [index, range] of ranges.entries()) {
    const refuse = (problem: string): never => {
      throw new SettingsError(`${place}[${index}]: ${JSON.stringify(range)} ${problem}`);
    };
    if (range === ALL) {
      refuse(`lets the whole internet at the API server; if that is meant, write ${EVERYWHERE}`);
    }
    const network = parseNetwork(range);
    if (network === undefined) refuse("is no range of addresses; write it like 203.0.113.0/24");
    else if (NOT_PUBLIC.some((none) => overlap(network, parseNetwork(none) ?? network))) {
      refuse("is not public: nobody comes from there over the internet; write the range that they leave by");
    }
  }
  return [...ranges];
}

/**
 * Checks who may use the cluster.
 *
 * @throws {SettingsError} for what is neither an IAM role nor a user, or is named twice.
 */
export function checkPrincipals(place: string, principals: readonly string[]): void {
  for (const [index, principal] of principals.entries()) {
    const refuse = (problem: string): never => {
      throw new SettingsError(`${place}[${index}]: ${JSON.stringify(principal)} ${problem}`);
    };
    const { account, role } = SESSION.exec(principal)?.groups ?? {};
    if (role !== undefined) refuse(`is a session; write its role: arn:aws:iam::${account}:role/${role}`);
    if (!PRINCIPAL.test(principal)) {
      refuse("is neither an IAM role nor a user; write it like arn:aws:iam::123456789012:role/platform");
    }
    if (principals.indexOf(principal) !== index) refuse("is named twice; remove one");
  }
}
