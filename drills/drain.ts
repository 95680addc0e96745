import { Traffic } from "./load/traffic.ts";
import { underLoad } from "./load/under-load.ts";
import { nodesOf, residentsOf } from "./platform/nodes.ts";
import { type Platform, untilWell } from "./platform/platform.ts";
import { failures, reportLoad } from "./report/load.ts";
import type { Mark } from "./report/plot.ts";
import { type Drill, NotApplicableError, type Stage } from "./runner/drill.ts";

const RATE = 30;
/** Seconds that a node may take to be drained, and the platform to be well again. */
const PATIENCE = 300;

/** A node is emptied for maintenance, as an upgrade of the cluster does to one after the other. */
export const drain: Drill = {
  name: "drain",
  summary: `A node cordoned and drained under ${RATE} requests a second, where there is more than one: none fails.`,
  async hold({ platform, findings, repairs, random, signal, say }: Stage) {
    const { cluster } = platform;
    const { open, workers } = await nodesOf(platform);
    if (open.length < 2)
      throw new NotApplicableError("the cluster has one node, and nowhere for its pods to go");
    const used: string[] = [];
    for (const name of workers) if ((await residentsOf(platform, name)).pods.length > 0) used.push(name);
    if (used.length === 0)
      throw new NotApplicableError("nothing of the platform runs on a node that could be drained");
    const node = random.pick(used);
    const debt = repairs.owe(`node ${node} takes pods again`, async () => {
      await cluster.kubectl("uncordon", node);
    });
    await cluster.kubectl("cordon", node);
    const moved = await moveSingles(platform, node, signal);
    if (moved.length > 0)
      findings.note(`moved before the load, as there is one of each: ${moved.join(", ")}`);
    const { pods } = await residentsOf(platform, node);
    const traffic = await Traffic.prepare({ platform, repairs, random });
    const marks: Mark[] = [];
    let seconds = Number.NaN;
    const arrivals = await underLoad(
      RATE,
      (index) => traffic.send(index),
      signal,
      async (load) => {
        await load.goOn(5);
        const started = performance.now();
        marks.push({ at: load.seconds(), label: `drain of ${node}` });
        say(`draining ${node}, with ${pods.length} pods of the platform`);
        const flags = ["--ignore-daemonsets", "--delete-emptydir-data", `--timeout=${PATIENCE}s`];
        await cluster.kubectl("drain", node, ...flags);
        seconds = (performance.now() - started) / 1000;
        marks.push({ at: load.seconds(), label: "empty" });
        await untilWell(platform, PATIENCE, signal);
        await debt.settle();
        await load.goOn(10);
      },
    );
    reportLoad(findings, arrivals, { rate: RATE, marks });
    findings.figure("the node was empty after", seconds, "s");
    findings.atLeast("pods of the platform that moved", pods.length, 1);
    findings.exactly("requests that failed", failures(arrivals), 0);
  },
};

/**
 * Moves off a cordoned node what there is only once: no drain can do that without a gap. Whoever means a service to have
 * none gives it two replicas; what the move of a store costs, the drill failover tells.
 *
 * @returns What was moved.
 */
async function moveSingles(platform: Platform, node: string, signal: AbortSignal): Promise<string[]> {
  const { cluster, namespace } = platform;
  const { alone, stateful } = await residentsOf(platform, node);
  for (const pod of stateful) {
    await cluster.kubectl("delete", "pod", pod, `--namespace=${namespace}`);
    await untilWell(platform, PATIENCE, signal);
  }
  for (const service of alone) {
    await cluster.kubectl("rollout", "restart", `deployment/${service}`, `--namespace=${namespace}`);
    await cluster.rolledOut(namespace, service, PATIENCE);
  }
  await untilWell(platform, PATIENCE, signal);
  return [...stateful, ...alone];
}
