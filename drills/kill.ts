import { schedule } from "./load/schedule.ts";
import { secondsToRecovery } from "./load/statistics.ts";
import { isFailure, Traffic } from "./load/traffic.ts";
import { underLoad } from "./load/under-load.ts";
import { Auditor } from "./platform/books.ts";
import { type Part, partsOf } from "./platform/parts.ts";
import { failures, reportLoad } from "./report/load.ts";
import type { Mark } from "./report/plot.ts";
import type { Drill, Stage } from "./runner/drill.ts";

/** Orders a second, below what one address may order. */
const RATE = 5;
/** One blow after the other: together they would only show that nothing works while nothing runs. */
const BLOWS = { after: 3, every: 8, spread: 2 };
/** Seconds of load after the last blow. */
const AFTERMATH = 15;
/** Milliseconds above which an order is late. */
const SLOW = 1000;

/** Every part of the platform loses a pod, one after the other, in the middle of orders. */
export const kill: Drill = {
  name: "kill",
  summary: `A pod of each service and store and of the ingress killed in turn, at random but by a seed, under ${RATE} orders a second: no order lost or paid twice.`,
  async hold({ platform, findings, repairs, random, signal, say }: Stage) {
    const { cluster, namespace } = platform;
    const traffic = await Traffic.prepare({ platform, repairs, random }, ["order"]);
    const parts = await partsOf(platform);
    const blows = schedule(random, parts, BLOWS);
    const auditor = await Auditor.begin(cluster, namespace);
    const marks: Mark[] = [];
    const arrivals = await underLoad(
      RATE,
      (index) => traffic.orderPatiently(index),
      signal,
      async (load) => {
        for (const { target, at } of blows) {
          await load.until(at);
          const killed = await strike(platform, target, random.next());
          if (killed === undefined) findings.note(`${target.name} had no pod to kill`);
          else {
            marks.push({ at: load.seconds(), label: target.name });
            say(`${load.seconds().toFixed(1)} s: killed ${killed}`);
          }
        }
        await load.goOn(AFTERMATH);
      },
    );
    reportLoad(findings, arrivals, { rate: RATE, marks });
    findings.atLeast("pods killed", marks.length, parts.length);
    findings.exactly("orders that were never decided", failures(arrivals), 0);
    const last = (marks.at(-1)?.at ?? 0) * 1000;
    const recovered = secondsToRecovery(arrivals.samples, last, isFailure, SLOW);
    findings.atMost(`answers within ${SLOW} ms again after the last blow`, recovered, 60, "s");
    await auditor.judge(
      traffic.acknowledged.map(({ id }) => id),
      findings,
      signal,
    );
    findings.exactly("acknowledged orders that their buyers do not find", await traffic.lostOrders(), 0);
  },
};

/** Kills one of a part's pods; undefined where it has none at this moment. */
async function strike(
  { cluster }: Stage["platform"],
  part: Part,
  chance: number,
): Promise<string | undefined> {
  // Whom else was struck before may be who would tell: another try tells more.
  for (let attempt = 0; attempt < 20; attempt += 1) {
    const pods = await part.pods().catch(() => []);
    const pod = pods[Math.floor(chance * pods.length)];
    if (pod !== undefined) {
      await cluster.killPod(part.namespace, pod);
      return pod;
    }
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  return undefined;
}
