import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { Autoscaling } from "../hpa/autoscaling.ts";
import { DEFAULT_CONTROLLER } from "../hpa/rules.ts";
import { simulate } from "../simulation/simulate.ts";
import type { Workload } from "../simulation/workload.ts";
import { demandOf } from "../tables/demand.ts";
import { readTable } from "../tables/read.ts";
import { type Recording, traceOfRecording } from "./recording.ts";

const recording: Recording = JSON.parse(readFileSync(join(import.meta.dirname, "scale-out.json"), "utf8"));
/** Seconds that the simulation may be early or late: a measurement and a sync, whose moments are chance. */
const TIMING = 10;

const { workloads: demand } = demandOf(
  readTable(join(import.meta.dirname, "..", "tables", "demand.json"), "demand"),
  "demand.json",
  0,
);
const workloads = recording.services.map(({ name, autoscaler, requestMillicores }): Workload => {
  const known = demand.get(name);
  if (known === undefined) throw new Error(`demand.json has no ${name}`);
  return {
    name,
    replicas: autoscaler.minReplicas,
    autoscaler,
    requests: { cpu: requestMillicores / 1000, memory: 0 },
    cpuLimit: 1,
    demand: known,
    pendingSeconds: 4,
    startSeconds: 3,
  };
});
const result = simulate({
  trace: traceOfRecording(recording),
  workloads,
  pool: { allocatable: { cpu: 2, memory: 1 }, pods: 110, min: 1, max: 1, startSeconds: 90 },
  controller: { ...DEFAULT_CONTROLLER, ...recording.controller },
  patienceSeconds: 2,
});

/** Seconds from the wish for a pod until it is ready. */
const START = 7;
/** When a line is first at its highest. */
const riseOf = (values: readonly number[]): number => values.indexOf(Math.max(...values));

describe("the simulation does what real autoscalers did under the same load", () => {
  test.each(recording.services.map((service, index) => ({ ...service, index })))(
    "$name",
    ({ index, samples }) => {
      expect(result.bucketSeconds).toBe(1);
      const simulated = result.lines.replicas[index] ?? [];
      const real = samples.map(({ desired }) => desired);
      expect(Math.max(...simulated)).toBe(Math.max(...real));
      expect(simulated.at(-1)).toBe(real.at(-1));
      const rise = riseOf(real);
      if (rise === 0) expect(riseOf(simulated)).toBe(0);
      else
        expect(
          Math.abs(riseOf(simulated) - START - (samples[rise]?.second ?? Number.NaN)),
        ).toBeLessThanOrEqual(TIMING);
    },
  );
});

/** Syncs after a change that are left out: the recording does not say how its fresh pods were counted. */
const FRESH = 6;

describe("from what a real autoscaler saw, ours wants what it wanted", () => {
  test.each(recording.services)("$name", ({ autoscaler, requestMillicores, samples }) => {
    const [first] = samples;
    if (first === undefined) throw new Error("nothing was recorded");
    const ours = new Autoscaling(
      autoscaler,
      { ...DEFAULT_CONTROLLER, ...recording.controller },
      requestMillicores,
      { replicas: first.current, at: first.second },
    );
    let compared = 0;
    let fresh = 0;
    for (const { second, current, desired, cpuPercent } of samples) {
      const measured = cpuPercent === null || fresh > 0 ? 0 : current;
      const millicores = ((cpuPercent ?? 0) * requestMillicores) / 100;
      const wanted = ours.sync(second, { replicas: current, measured, millicores, unready: 0, missing: 0 });
      if (measured > 0) {
        compared += 1;
        expect({ second, wanted }).toEqual({ second, wanted: desired });
      }
      fresh = desired === current ? Math.max(0, fresh - 1) : FRESH;
    }
    expect(compared).toBeGreaterThan(10);
  });
});
