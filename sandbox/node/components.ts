/** The programs of a running node, as the machine sees them. */

import { existsSync, readFileSync } from "node:fs";
import { succeeds } from "../command.ts";
import { processesIn } from "./cgroups.ts";
import type { Layout } from "./layout.ts";
import { nodePid } from "./lifecycle.ts";
import type { NodeSpec } from "./spec.ts";

/**
 * Each program's process id on the machine, by its name; undefined for one that is being started again. None where the
 * node was never started.
 */
export function componentPids(layout: Layout): Map<string, number | undefined> {
  if (!existsSync(layout.spec)) return new Map();
  const spec: NodeSpec = JSON.parse(readFileSync(layout.spec, "utf8"));
  const byCommand = new Map(processesIn(layout.cgroup).map((pid) => [commandLine(pid), pid]));
  return new Map([
    ["node", nodePid(layout)],
    ...spec.processes.map(({ name, command }): [string, number | undefined] => [
      name,
      byCommand.get(`${command.join("\0")}\0`),
    ]),
  ]);
}

function commandLine(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8");
  } catch {
    return ""; // ended in the meantime
  }
}

/** Whether the rules of the network policy agent are in the kernel of the node's network. */
export async function arePoliciesEnforced(layout: Layout): Promise<boolean> {
  const agent = componentPids(layout).get("network-policy");
  if (agent === undefined) return false;
  const inNode = ["nsenter", `--net=/proc/${agent}/ns/net`];
  return await succeeds([...inNode, "nft", "list", "table", "inet", "tradestack-network-policy"]);
}
