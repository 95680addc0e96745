import { asNumber, asObject } from "../deploy/manifests/manifest.ts";
import { percentile, secondsToRecovery } from "./load/statistics.ts";
import { isFailure, Traffic } from "./load/traffic.ts";
import { underLoad } from "./load/under-load.ts";
import { liftLimits } from "./platform/faults.ts";
import type { Platform } from "./platform/platform.ts";
import { reportLoad } from "./report/load.ts";
import type { Mark } from "./report/plot.ts";
import type { Drill, Stage } from "./runner/drill.ts";

/** Requests a second before and after the flash sale, and in it. */
const CALM = 10;
const SALE = 120;
/** Seconds of each. */
const CALM_SECONDS = 20;
const SALE_SECONDS = 60;
/** Services that carry it. */
const CARRIERS = ["gateway", "catalog", "order"];

/** Twelve times as many shoppers from one moment to the next. */
export const surge: Drill = {
  name: "surge",
  summary: `${CALM} requests a second become ${SALE} for ${SALE_SECONDS} s: pods are added, what is too much is told so, and all is well afterwards.`,
  async hold({ platform, findings, repairs, random, signal, say }: Stage) {
    await liftLimits(platform, repairs);
    const traffic = await Traffic.prepare({ platform, repairs, random });
    const marks: Mark[] = [];
    const sale = { began: 0, ended: 0 };
    let calmIndex = 0;
    // The calm load goes on through all of it; the sale comes on top.
    const send = () => traffic.send(calmIndex++);
    const growth = new Map<string, { from: number; to: number; after: number }>();
    let sold = { failed: 0, shed: 0, requests: 0, p99: Number.NaN };
    const arrivals = await underLoad(CALM, send, signal, async (calm) => {
      await calm.goOn(CALM_SECONDS);
      const before = await replicas(platform);
      sale.began = calm.now();
      marks.push({ at: calm.seconds(), label: "the sale begins" });
      say(`the sale begins: ${SALE} requests a second`);
      const rush = await underLoad(
        SALE - CALM,
        (index) => traffic.send(index),
        signal,
        async (load) => {
          while (load.seconds() < SALE_SECONDS) {
            const now = await replicas(platform);
            for (const [name, count] of now) {
              const from = before.get(name) ?? 0;
              const seen = growth.get(name);
              if (count > from && seen === undefined) {
                growth.set(name, { from, to: count, after: load.seconds() });
                marks.push({ at: calm.seconds(), label: `${name} ${from}→${count}` });
              } else if (seen !== undefined && count > seen.to) growth.set(name, { ...seen, to: count });
            }
            await load.goOn(1);
          }
        },
      );
      sale.ended = calm.now();
      marks.push({ at: calm.seconds(), label: "the sale is over" });
      const shed = rush.samples.filter(({ outcome }) => / (?:429|503)$/.test(outcome)).length;
      const failed = rush.samples.filter(({ outcome }) => isFailure(outcome)).length;
      for (const [outcome, count] of rush.outcomes)
        if (isFailure(outcome)) findings.note(`${count} × ${outcome} in the sale`);
      sold = { failed, shed, requests: rush.samples.length, p99: percentile(rush.latencies, 0.99) };
      await calm.goOn(CALM_SECONDS * 2);
    });
    reportLoad(findings, arrivals, { rate: CALM, marks });
    findings.figure("requests of the sale", sold.requests);
    findings.figure("of them shed with 429 or 503", sold.shed);
    findings.figure("p99 in the sale", sold.p99, "ms");
    for (const [name, { from, to, after }] of growth)
      findings.figure(
        `pods of ${name}`,
        `${from} to ${to}, the first ones asked for after ${after.toFixed(0)} s`,
      );
    findings.exactly("requests that failed otherwise than by a clean 429 or 503", sold.failed - sold.shed, 0);
    const first = Math.min(...[...growth.values()].map(({ after }) => after));
    // Where every service is at its most already there is nothing left to add.
    if (growth.size === 0) findings.note("no service was given a pod more");
    findings.atMost("seconds until the first pods were asked for", first, 30, "s");
    const calmAgain = secondsToRecovery(arrivals.samples, sale.ended, isFailure, 1000);
    findings.atMost("answers within 1 s again, after the sale", calmAgain, 10, "s");
  },
};

/** Pods that each service is meant to have. */
async function replicas({ objects, namespace }: Platform): Promise<Map<string, number>> {
  const deployments = await objects.in(namespace, "apps/v1", "Deployment");
  return new Map(
    deployments
      .filter(({ metadata: { name } }) => CARRIERS.includes(name))
      .map(({ metadata: { name }, spec }) => [name, asNumber(asObject(spec).replicas)]),
  );
}
