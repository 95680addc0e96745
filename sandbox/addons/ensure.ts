/** Brings the add-ons into the cluster, and tells whether they are there. */

import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { systemImages } from "../build/system-images.ts";
import { run, waitFor } from "../command.ts";
import { unreadyAddons } from "../node/api.ts";
import { arePoliciesEnforced } from "../node/components.ts";
import type { NodePlan } from "../node/ensure.ts";
import { addons } from "./index.ts";
import type { KubernetesObject } from "./objects.ts";

const objectsOf = ({ layout, paths }: NodePlan): KubernetesObject[] => addons(layout, systemImages(paths));

const deploymentsOf = (objects: readonly KubernetesObject[]): string[] =>
  objects.filter(({ kind }) => kind === "Deployment").map(({ metadata }) => metadata.name);

/** Remembers what was applied since the node was last started; its directory is emptied by each start. */
const stampOf = ({ layout }: NodePlan): string => join(layout.run, "addons");

const hashOf = (objects: readonly KubernetesObject[]): string =>
  createHash("sha256").update(JSON.stringify(objects)).digest("hex");

/** Whether these very add-ons were applied to the running node, and all of their pods are ready. */
export async function areAddonsCurrent(plan: NodePlan): Promise<boolean> {
  const objects = objectsOf(plan);
  const stamp = stampOf(plan);
  if (!existsSync(stamp) || readFileSync(stamp, "utf8") !== hashOf(objects)) return false;
  return (await unreadyAddons(plan.layout, deploymentsOf(objects)))?.length === 0;
}

/**
 * Applies the add-ons, and waits until their pods are ready and network policies are enforced.
 *
 * @param detail Takes what is waited for.
 * @throws {CommandError} when one does not become ready, with what Kubernetes says of it.
 */
export async function ensureAddons(plan: NodePlan, detail: (text: string) => void): Promise<void> {
  const { layout, signal } = plan;
  const objects = objectsOf(plan);
  const apply = [
    "apply",
    "--server-side",
    "--force-conflicts",
    "--field-manager=tradestack-sandbox",
    "-f",
    "-",
  ];
  await run([layout.kubectl, `--kubeconfig=${layout.kubeconfig}`, ...apply], {
    input: JSON.stringify({ apiVersion: "v1", kind: "List", items: objects }),
    signal,
  });
  let waiting: readonly string[] = deploymentsOf(objects);
  const areReady = async () => {
    waiting = (await unreadyAddons(layout, deploymentsOf(objects))) ?? waiting;
    detail(`waiting for ${waiting.join(", ")}`);
    return waiting.length === 0;
  };
  detail("waiting for network policies to be enforced");
  const log = () => `; its log is ${layout.log}/network-policy.log`;
  await waitFor("the network policy agent", 60, () => arePoliciesEnforced(layout), { detail: log, signal });
  await waitFor("the add-ons", 120, areReady, { detail: () => `: ${waiting.join("; ")}`, signal });
  writeFileSync(stampOf(plan), hashOf(objects));
}
