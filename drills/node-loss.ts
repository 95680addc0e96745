import { type SandboxNode, sandboxAddress, sandboxNodes } from "../sandbox/index.ts";
import { secondsToRecovery } from "./load/statistics.ts";
import { isFailure, Traffic } from "./load/traffic.ts";
import { underLoad } from "./load/under-load.ts";
import { Auditor } from "./platform/books.ts";
import { haveStartedSince, nodesOf, residentsOf } from "./platform/nodes.ts";
import { type Platform, untilWell } from "./platform/platform.ts";
import { failures, reportLoad } from "./report/load.ts";
import type { Mark } from "./report/plot.ts";
import { type Drill, NotApplicableError, type Stage } from "./runner/drill.ts";

/** Orders a second, below what one address may order. */
const RATE = 5;
/** Seconds that the node is without power: a machine that starts again by itself takes about as long. */
const AWAY = 20;
/** Seconds that the platform may take to be itself once the node is back. */
const RECOVERY = 90;
/** Seconds of load after that. */
const AFTERMATH = 10;
/** Milliseconds above which an order is late. */
const SLOW = 1000;

/** A machine loses its power in the middle of orders and starts again, with whatever of the platform was on it. */
export const nodeLoss: Drill = {
  name: "node-loss",
  summary: `A node of the sandbox without power for ${AWAY} s under ${RATE} orders a second, where there are several: no order lost or paid twice.`,
  async hold({ platform, findings, repairs, random, signal, say }: Stage) {
    const node = random.pick(await losable(platform));
    const { pods, stateful } = await residentsOf(platform, node.name);
    const traffic = await Traffic.prepare({ platform, repairs, random }, ["order"]);
    const auditor = await Auditor.begin(platform.cluster, platform.namespace);
    const marks: Mark[] = [];
    let lostAt = 0;
    let lostOn = 0;
    let wellAfter = Number.NaN;
    const arrivals = await underLoad(
      RATE,
      (index) => traffic.orderPatiently(index),
      signal,
      async (load) => {
        await load.goOn(5);
        const debt = repairs.owe(`node ${node.name} runs`, () => node.restart());
        lostAt = load.now();
        lostOn = Date.now();
        marks.push({ at: load.seconds(), label: `${node.name} lost` });
        say(`${node.name} loses its power, with ${pods.length} pods of the platform`);
        node.kill();
        await load.goOn(AWAY);
        await debt.settle();
        marks.push({ at: load.seconds(), label: "back" });
        say(`${node.name} is back`);
        await untilStarted(platform, pods, lostOn, signal);
        await untilWell(platform, RECOVERY, signal);
        wellAfter = (load.now() - lostAt) / 1000;
        await load.goOn(AFTERMATH);
      },
    );
    reportLoad(findings, arrivals, { rate: RATE, marks });
    findings.figure("stores on the node", stateful.join(", ") || "none");
    findings.figure("every pod was well after", wellAfter, "s");
    findings.atLeast("pods of the platform that were lost", pods.length, 1);
    findings.exactly("orders that were never decided", failures(arrivals), 0);
    const recovered = secondsToRecovery(arrivals.samples, lostAt, isFailure, SLOW);
    findings.atMost(`answers within ${SLOW} ms again after the loss`, recovered, AWAY + RECOVERY, "s");
    const acknowledged = traffic.acknowledged.map(({ id }) => id);
    await auditor.judge(acknowledged, findings, signal);
    findings.exactly("acknowledged orders that their buyers do not find", await traffic.lostOrders(), 0);
  },
};

/** Waits until the pods of a lost node were started again. What does not start, {@link untilWell} tells. */
async function untilStarted(
  { objects, namespace }: Platform,
  names: readonly string[],
  since: number,
  signal: AbortSignal,
): Promise<void> {
  const deadline = performance.now() + RECOVERY * 1000;
  while (performance.now() < deadline) {
    const pods = await objects.in(namespace, "v1", "Pod").catch(() => undefined);
    if (pods !== undefined && haveStartedSince(names, pods, since)) return;
    await new Promise((resolve) => setTimeout(resolve, 500));
    signal.throwIfAborted();
  }
}

/** The nodes that something of the platform is on, and whose power is at hand. */
async function losable(platform: Platform): Promise<SandboxNode[]> {
  const own = platform.target.kubeconfig === sandboxAddress().kubeconfig ? sandboxNodes() : [];
  if (own.length === 0)
    throw new NotApplicableError(
      'only a node of the sandbox can lose its power here, and only beside others; try "npm run sandbox -- up --nodes 3"',
    );
  const { workers } = await nodesOf(platform);
  const found: SandboxNode[] = [];
  for (const node of own) {
    if (!workers.includes(node.name)) continue;
    if ((await residentsOf(platform, node.name)).pods.length > 0) found.push(node);
  }
  if (found.length === 0)
    throw new NotApplicableError("nothing of the platform runs on a node that could be lost");
  return found;
}
