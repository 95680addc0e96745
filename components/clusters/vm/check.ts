import { isIPv4 } from "node:net";
import { SettingsError } from "../../../settings/error.ts";
import { suggestion } from "../../../settings/section.ts";
import { readRange, refuseOverlaps } from "../eks/subnets.ts";
import { contains } from "../load-balancer/network.ts";
import type { VmClusterConfiguration } from "./args.ts";
import { type K3sRelease, k3sRelease } from "./release.ts";

/** Parts of k3s that a cluster can do without; not its DNS, which everything needs. */
const OPTIONAL = ["traefik", "servicelb", "local-storage", "metrics-server"];
const POD_CIDR = "10.42.0.0/16";
const SERVICE_CIDR = "10.43.0.0/16";
/** It begins the names of nodes, which are DNS labels. */
const NAME = /^[a-z]([-a-z0-9]{0,38}[a-z0-9])?$/;
const HOST = /^(?=.{1,253}$)[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?(\.[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?)*$/;
/** 32 bytes or more in base64, of either alphabet. */
const SECRET = /^[A-Za-z0-9+/_-]{43,}={0,2}$/;

/** Stands in for the secret while the other arguments are checked. */
export const STAND_IN_SECRET = Buffer.alloc(32).toString("base64");

/** A cluster, complete and free of contradictions. */
export interface Cluster {
  readonly name: string;
  readonly secret: string;
  readonly address: string;
  readonly servers: readonly string[];
  readonly workloadsOnServers: boolean;
  readonly podCidr: string;
  readonly serviceCidr: string;
  readonly disable: readonly string[];
  readonly release: K3sRelease;
}

/**
 * Checks what a cluster is made from and fills in the defaults.
 *
 * @param place What messages put before a key, such as `tradestack:cluster.`; default: nothing.
 * @throws {SettingsError} at the first argument that cannot be.
 */
export function checkCluster(name: string, configuration: VmClusterConfiguration, place = ""): Cluster {
  const { secret, address, servers, nodeCidr } = configuration;
  const { podCidr = POD_CIDR, serviceCidr = SERVICE_CIDR, disable = [], release = {} } = configuration;
  const refuse = (key: string, value: unknown, remedy: string): never => {
    throw new SettingsError(`${place}${key}: ${JSON.stringify(value)} cannot be: ${remedy}`);
  };
  if (!NAME.test(name)) refuse("name", name, "small letters, digits and dashes, 40 at most, a letter first");
  if (!SECRET.test(secret)) {
    // The value itself stays out of the message.
    throw new SettingsError(
      `${place}secret is not 32 or more bytes in base64; make one with: openssl rand -base64 32`,
    );
  }
  if (!isIPv4(address) && (!HOST.test(address) || /^[\d.]+$/.test(address))) {
    refuse("address", address, "write the IPv4 address or host name at which the API is reached");
  }
  if (servers.length !== 1 && servers.length !== 3) {
    refuse("servers", servers, "name one server, or three: another number makes no cluster safer");
  }
  const nodes = readRange(`${place}nodeCidr`, nodeCidr, 8, 30);
  readRange(`${place}podCidr`, podCidr, 8, 22);
  readRange(`${place}serviceCidr`, serviceCidr, 8, 24);
  refuseOverlaps({
    [`${place}nodeCidr`]: nodeCidr,
    [`${place}podCidr`]: podCidr,
    [`${place}serviceCidr`]: serviceCidr,
  });
  for (const [index, server] of servers.entries()) {
    if (!isIPv4(server) || !contains(nodes, server)) {
      refuse(`servers[${index}]`, server, `write an IPv4 address within nodeCidr (${nodeCidr})`);
    }
    if (servers.indexOf(server) !== index) refuse(`servers[${index}]`, server, "another server has it");
  }
  if (servers.length === 3 && servers.includes(address)) {
    refuse("address", address, "it is lost with that server; write that of the load balancer");
  }
  for (const part of disable) {
    if (OPTIONAL.includes(part)) continue;
    throw new SettingsError(
      `${place}disable: ${JSON.stringify(part)} is none of ${OPTIONAL.join(", ")}${suggestion(part, OPTIONAL)}`,
    );
  }
  return {
    name,
    secret,
    address,
    servers,
    workloadsOnServers: configuration.workloadsOnServers ?? servers.length === 1,
    podCidr,
    serviceCidr,
    disable,
    release: k3sRelease(release, `${place}release.`),
  };
}
