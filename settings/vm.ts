import { isIPv4 } from "node:net";
import { checkConfiguration } from "../components/clusters/load-balancer/check.ts";
import { contains, parseNetwork } from "../components/clusters/load-balancer/network.ts";
import type { K3sReleaseArgs, VmClusterArgs } from "../components/clusters/vm/args.ts";
import { type BalancedMachines, clusterBalancer } from "../components/clusters/vm/balancer.ts";
import { checkCluster, STAND_IN_SECRET } from "../components/clusters/vm/check.ts";
import { SettingsError } from "./error.ts";
import type { Section } from "./section.ts";

/** A Kubernetes on virtual machines, which get their user data from the stack. */
export interface VmTarget {
  readonly kind: "vm";
  /** Name of the cluster, and of its context. */
  readonly name: string;
  /** What it is made from, but for its secret, which follows from the master key. */
  readonly args: Omit<VmClusterArgs, "secret" | "address"> & { readonly address: string };
  /** Undefined where nothing stands before the cluster, or nothing of ours. */
  readonly balanced: BalancedMachines | undefined;
}

/** What the cluster's secret is derived by from the stack's master key. */
export const SECRET_LABEL = "cluster";

const KEYS = [
  "kind",
  "name",
  "address",
  "servers",
  "agents",
  "balancers",
  "workloadsOnServers",
  "nodeCidr",
  "podCidr",
  "serviceCidr",
  "disable",
  "release",
];
const RELEASE_KEYS = ["version", "architecture", "binaryUrl", "binarySha256", "imagesUrl", "imagesSha256"];

/**
 * Reads what a cluster on virtual machines is made from. Its keys are the arguments of VmCluster, and the machines that
 * the load balancer has to know.
 *
 * @param section The stack's `cluster`, without its kind.
 * @throws {SettingsError} for what is missing, unknown, or cannot be.
 */
export function readVm(section: Section): VmTarget {
  section.allow(KEYS);
  const name = required(section, "name", section.text("name"), "name the cluster, such as tradestack-edge");
  const args: VmTarget["args"] = {
    address: required(
      section,
      "address",
      section.text("address"),
      "write where the API is reached, such as 10.0.1.10",
    ),
    servers: required(
      section,
      "servers",
      section.texts("servers"),
      "write the address of one server, or of three",
    ),
    nodeCidr: required(
      section,
      "nodeCidr",
      section.text("nodeCidr"),
      "write the machines' network, such as 10.0.1.0/24",
    ),
    workloadsOnServers: section.flag("workloadsOnServers"),
    podCidr: section.text("podCidr"),
    serviceCidr: section.text("serviceCidr"),
    disable: section.texts("disable"),
    release: readRelease(section.section("release")),
  };
  const agents = section.texts("agents") ?? [];
  const balancers = section.texts("balancers") ?? [];
  const { servers, workloadsOnServers } = checkCluster(
    name,
    { ...args, secret: STAND_IN_SECRET },
    `${section.path}.`,
  );
  if (agents.length === 0 && !workloadsOnServers) {
    throw new SettingsError(
      `${section.name("agents")} is missing; name the machines that pods run on, or let servers run them (workloadsOnServers)`,
    );
  }
  checkAddresses(section, args, { agents, balancers });
  const workers = [...(workloadsOnServers ? servers : []), ...agents];
  const { address, nodeCidr } = args;
  const balanced = balancers.length === 0 ? undefined : { address, servers, workers, balancers, nodeCidr };
  if (balanced !== undefined) checkBalancers(section, balanced);
  return { kind: "vm", name, args, balanced };
}

/** A value that the stack has to set. */
export function required<Value>(
  section: Section,
  key: string,
  value: Value | undefined,
  remedy: string,
): Value {
  if (value === undefined) throw new SettingsError(`${section.name(key)} is missing; ${remedy}`);
  return value;
}

/** Reads which k3s machines run; where they get it is checked with their cluster. */
export function readRelease(section: Section): K3sReleaseArgs {
  section.allow(RELEASE_KEYS);
  return {
    version: section.text("version"),
    architecture: section.text("architecture"),
    binaryUrl: section.text("binaryUrl"),
    binarySha256: section.text("binarySha256"),
    imagesUrl: section.text("imagesUrl"),
    imagesSha256: section.text("imagesSha256"),
  };
}

/** Machines beside the servers, which are checked with their cluster. */
function checkAddresses(
  section: Section,
  { servers, nodeCidr }: VmTarget["args"],
  lists: Readonly<Record<string, readonly string[]>>,
): void {
  const network = parseNetwork(nodeCidr);
  const taken = new Map(servers.map((server, index) => [server, `servers[${index}]`]));
  for (const [key, addresses] of Object.entries(lists)) {
    for (const [index, address] of addresses.entries()) {
      const place = `${key}[${index}]`;
      const refuse = (problem: string) => {
        throw new SettingsError(`${section.name(place)}: ${JSON.stringify(address)} ${problem}`);
      };
      if (network === undefined || !isIPv4(address) || !contains(network, address)) {
        refuse(`is no IPv4 address within nodeCidr (${nodeCidr}); write one`);
      }
      const other = taken.get(address);
      if (other !== undefined) refuse(`is ${other} already; each machine has an address of its own`);
      taken.set(address, place);
    }
  }
}

function checkBalancers(section: Section, balanced: BalancedMachines): void {
  const { address, balancers } = balanced;
  if (balancers.length > 2) {
    section.refuse("balancers", "are too many; name one machine, or two of which one waits");
  }
  if (balancers.length === 1 && isIPv4(address) && address !== balancers[0]) {
    section.refuse("balancers", `leads elsewhere than address (${address}); write the same address in both`);
  }
  try {
    checkConfiguration(clusterBalancer(balanced));
  } catch (cause) {
    throw new SettingsError(
      `${section.name("balancers")}: ${cause instanceof Error ? cause.message : cause}`,
    );
  }
}
