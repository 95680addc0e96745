import { arrivalsOf, type Sample } from "./load/arrivals.ts";
import { secondsToRecovery } from "./load/statistics.ts";
import { isFailure, Traffic } from "./load/traffic.ts";
import { underLoad } from "./load/under-load.ts";
import { takeAway } from "./platform/faults.ts";
import { untilWell } from "./platform/platform.ts";
import { reportLoad } from "./report/load.ts";
import type { Drill, Stage } from "./runner/drill.ts";

/** Requests a second of every kind. */
const RATE = 30;
/** Seconds for which each service is away. */
const AWAY = 60;
/** Seconds that a service has to be back, and its callers with it. */
const BACK = 90;
/** Milliseconds that nothing may take, whatever is away: the gateway's own deadlines are shorter. */
const HANGS = 10_000;

/** Services that others can do without, and what stands still without each. */
const DEPENDENCIES: Readonly<Record<string, readonly string[]>> = {
  review: ["reviews"],
  cart: ["cart", "read cart"],
  logistics: [],
  payment: ["order"],
};

/** Services go away for a minute each, and come back. */
export const dependencyDown: Drill = {
  name: "dependency-down",
  summary: `${Object.keys(DEPENDENCIES).join(", ")} away for ${AWAY} s each, under ${RATE} requests a second: everything else works, nothing hangs.`,
  async hold(stage: Stage) {
    for (const [service, stands] of Object.entries(DEPENDENCIES)) await without(stage, service, stands);
  },
};

async function without(
  { platform, findings, repairs, random, signal, say }: Stage,
  service: string,
  stands: readonly string[],
): Promise<void> {
  const traffic = await Traffic.prepare({ platform, repairs, random });
  const times = { away: 0, back: 0, asked: 0 };
  const arrivals = await underLoad(
    RATE,
    (index) => traffic.send(index),
    signal,
    async (load) => {
      await load.goOn(5);
      const debt = await takeAway(platform, repairs, service);
      times.away = load.now();
      say(`${service} is away`);
      await load.goOn(AWAY);
      await debt.settle();
      times.asked = load.now();
      await untilWell(platform, BACK, signal);
      times.back = load.now();
      await load.goOn(10);
    },
  );
  const marks = [
    { at: times.away / 1000, label: `${service} away` },
    { at: times.asked / 1000, label: "back" },
  ];
  reportLoad(findings, arrivals, { rate: RATE, marks, name: service });
  const deed = ({ outcome }: Sample) => outcome.replace(/ (?:\d{3}\b.*|\S+)$/, "");
  const others = arrivals.samples.filter((sample) => !stands.includes(deed(sample)));
  const failedOthers = arrivalsOf(others, arrivals.seconds).samples.filter(({ outcome }) =>
    isFailure(outcome),
  );
  findings.exactly(`without ${service}: failures of what does without it`, failedOthers.length, 0);
  const dirty = arrivals.samples.filter(({ outcome }) => isFailure(outcome) && !outcome.endsWith(" 503"));
  findings.exactly(`without ${service}: failures that were no clean 503`, dirty.length, 0);
  findings.atMost(`without ${service}: slowest answer`, arrivals.latencies.at(-1) ?? Number.NaN, HANGS, "ms");
  const recovered = secondsToRecovery(arrivals.samples, times.asked, isFailure);
  findings.atMost(`${service} back: nothing failed any more after`, recovered, BACK, "s");
}
