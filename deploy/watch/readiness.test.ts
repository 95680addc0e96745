import { expect, test } from "vitest";
import type { JsonObject } from "../program/registration.ts";
import { readinessOf } from "./readiness.ts";

const object = (kind: string, status: JsonObject, spec: JsonObject = {}) => ({
  apiVersion: "v1",
  kind,
  metadata: { name: "web", generation: 2 },
  spec,
  status,
});
const DONE = {
  observedGeneration: 2,
  replicas: 2,
  updatedReplicas: 2,
  availableReplicas: 2,
  readyReplicas: 2,
};

test.each<[string, JsonObject, JsonObject, string, string]>([
  ["Deployment", DONE, { replicas: 2 }, "ready", ""],
  ["Deployment", { ...DONE, observedGeneration: 1 }, { replicas: 2 }, "settling", "not seen yet"],
  ["Deployment", { ...DONE, updatedReplicas: 1 }, { replicas: 2 }, "settling", "1 of 2 updated"],
  ["Deployment", { ...DONE, availableReplicas: 1 }, { replicas: 2 }, "settling", "1 of 2 ready"],
  [
    "Deployment",
    { ...DONE, replicas: 3 },
    { replicas: 2 },
    "settling",
    "1 of the version before still leaving",
  ],
  ["Deployment", {}, { replicas: 2 }, "settling", "not seen yet"],
  ["StatefulSet", { ...DONE, updateRevision: "a", currentRevision: "a" }, { replicas: 2 }, "ready", ""],
  [
    "StatefulSet",
    { ...DONE, updateRevision: "b", currentRevision: "a", updatedReplicas: 1 },
    { replicas: 2 },
    "settling",
    "1 of 2 updated",
  ],
  ["StatefulSet", { ...DONE, readyReplicas: 0 }, { replicas: 2 }, "settling", "0 of 2 ready"],
  ["Job", { succeeded: 1, conditions: [{ type: "Complete", status: "True" }] }, {}, "ready", ""],
  ["Job", { conditions: [{ type: "Failed", status: "False" }] }, {}, "settling", "0 of 1 complete"],
  [
    "Job",
    { conditions: [{ type: "Failed", status: "True", message: "too often" }] },
    {},
    "failed",
    "too often",
  ],
  ["ConfigMap", {}, {}, "ready", ""],
])("%s %j is told rightly", (kind, status, spec, state, note) => {
  expect(readinessOf(object(kind, status, spec))).toEqual({ state, note });
});

test("a Deployment that makes no progress in its own time has failed", () => {
  const conditions = [{ type: "Progressing", status: "False", reason: "ProgressDeadlineExceeded" }];
  const stuck = object("Deployment", { ...DONE, availableReplicas: 0, conditions }, { replicas: 2 });
  expect(readinessOf(stuck)).toMatchObject({
    state: "failed",
    note: expect.stringContaining("0 of 2 ready"),
  });
});
