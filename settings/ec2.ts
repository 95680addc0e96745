import type { Ec2VmClusterArgs } from "../components/clusters/vm/ec2/args.ts";
import { type Ec2Plan, planEc2 } from "../components/clusters/vm/ec2/plan.ts";
import type { Section } from "./section.ts";
import { readRelease, required } from "./vm.ts";

/** A Kubernetes on instances of EC2 that the stack makes. */
export interface Ec2Target {
  readonly kind: "ec2";
  /** Name of the cluster. */
  readonly name: string;
  /** What it is made from, but for its secret, which follows from the master key. */
  readonly args: Omit<Ec2VmClusterArgs, "secret">;
  /** What follows from that. */
  readonly plan: Ec2Plan;
}

const KEYS = [
  "kind",
  "name",
  "region",
  "account",
  "cidr",
  "zones",
  "singleNat",
  "servers",
  "serverType",
  "serverDiskGiB",
  "agents",
  "connectedCidrs",
  "webCidrs",
  "imageId",
  "podCidr",
  "serviceCidr",
  "disable",
  "release",
];
const AGENT_KEYS = ["instanceType", "min", "max", "diskGiB"];
const MOST = 16_384;

/**
 * Reads what a cluster on EC2 is made from. Its keys are the arguments of Ec2VmCluster.
 *
 * @param section The stack's `cluster`.
 * @throws {SettingsError} for what is missing, unknown, or cannot be.
 */
export function readEc2(section: Section): Ec2Target {
  section.allow(KEYS);
  const name = required(section, "name", section.text("name"), "name the cluster, such as tradestack-ec2");
  const agents = section.section("agents");
  agents.allow(AGENT_KEYS);
  const args: Ec2Target["args"] = {
    region: required(section, "region", section.text("region"), "name the region, such as eu-central-1"),
    account: required(
      section,
      "account",
      section.text("account"),
      "write the account's 12 digits, in quotes",
    ),
    cidr: section.text("cidr"),
    zones: section.texts("zones"),
    singleNat: section.flag("singleNat"),
    servers: section.integer("servers", 1, 3),
    serverType: section.text("serverType"),
    serverDiskGiB: section.integer("serverDiskGiB", 1, MOST),
    agents: {
      instanceType: agents.text("instanceType"),
      min: required(agents, "min", agents.integer("min", 0, 1000), "write the fewest machines"),
      max: required(agents, "max", agents.integer("max", 1, 1000), "write the most machines"),
      diskGiB: agents.integer("diskGiB", 1, MOST),
    },
    connectedCidrs: section.texts("connectedCidrs"),
    webCidrs: section.texts("webCidrs"),
    imageId: section.text("imageId"),
    podCidr: section.text("podCidr"),
    serviceCidr: section.text("serviceCidr"),
    disable: section.texts("disable"),
    release: readRelease(section.section("release")),
  };
  return { kind: "ec2", name, args, plan: planEc2(name, args, section.path) };
}
