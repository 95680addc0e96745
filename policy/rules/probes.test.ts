import { expect, test } from "vitest";
import { container, deployment, judge, object, places, podSpec } from "../test/objects.ts";
import { probes } from "./probes.ts";

const { readinessProbe: _ready, livenessProbe: _live, ...unprobed } = container();

test("a container with both probes passes, and so does one that has to end", () => {
  expect(judge(probes, deployment(podSpec({ initContainers: [unprobed] })))).toEqual([]);
  const job = object("batch/v1", "Job", "once", {
    spec: { template: { spec: podSpec({ containers: [unprobed] }) } },
  });
  expect(judge(probes, job)).toEqual([]);
});

test("each missing probe is told, with what comes of it", () => {
  const found = judge(probes, deployment(podSpec({ containers: [container(), unprobed] })));
  expect(found.map(({ path }) => path)).toEqual([
    "spec.template.spec.containers[1].readinessProbe",
    "spec.template.spec.containers[1].livenessProbe",
  ]);
  expect(found[0]?.message).toContain("gets requests before it can answer them");
  const { livenessProbe: _alive, ...unready } = container();
  expect(judge(probes, deployment(podSpec({ containers: [unready] })))).toHaveLength(1);
});

test("a sidecar runs for good, whatever list it is in", () => {
  const sidecar = { ...unprobed, restartPolicy: "Always" };
  expect(places(probes, deployment(podSpec({ initContainers: [sidecar] })))).toHaveLength(2);
});
