import { expect, test } from "vitest";
import type { JsonObject } from "../../deploy/program/registration.ts";
import { deployment, judge, object, places, podSpec } from "../test/objects.ts";
import { disruptionBudgets } from "./disruption-budgets.ts";

const budget = (spec: JsonObject, app = "web", namespace = "shop") =>
  object(
    "policy/v1",
    "PodDisruptionBudget",
    "web",
    { spec: { selector: { matchLabels: { app } }, ...spec } },
    { namespace },
  );
const web = (replicas: number) => deployment(podSpec(), { replicas });
const autoscaler = (minReplicas: number) =>
  object("autoscaling/v2", "HorizontalPodAutoscaler", "web", {
    spec: { minReplicas, scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "web" } },
  });

test.each([
  [web(1), []],
  [web(2), [budget({ maxUnavailable: 1 })]],
  [web(3), [budget({ minAvailable: "60%" })]],
  [web(3), [budget({ minAvailable: 2 })]],
  [web(0), [budget({ minAvailable: 1 })]],
  // The autoscaler decides, whatever the Deployment said first.
  [web(2), [autoscaler(1)]],
  [web(1), [autoscaler(3), budget({ minAvailable: 2 })]],
  [web(2), [budget({ maxUnavailable: 1, selector: {} })]],
])("drains go on and leave something to run (%#)", (workload, others) => {
  expect(judge(disruptionBudgets, workload, ...others)).toEqual([]);
});

test.each([
  ["no budget", [web(2)], ["spec.replicas"]],
  ["no budget, where the autoscaler keeps two", [web(1), autoscaler(2)], ["spec.replicas"]],
  [
    "another namespace's budget",
    [web(2), budget({ maxUnavailable: 1 }, "web", "bank")],
    ["spec.selector", "spec.replicas"],
  ],
  ["a budget for nobody", [web(1), budget({ maxUnavailable: 1 }, "wbe")], ["spec.selector"]],
  ["both fields", [web(2), budget({ maxUnavailable: 1, minAvailable: 1 })], ["spec"]],
  ["neither field", [web(2), budget({})], ["spec"]],
  ["none may go", [web(2), budget({ maxUnavailable: 0 })], ["spec.maxUnavailable"]],
  ["no percent may go", [web(2), budget({ maxUnavailable: "0%" })], ["spec.maxUnavailable"]],
  ["all have to stay", [web(2), budget({ minAvailable: 2 })], ["spec.minAvailable"]],
  ["so many percent that all have to stay", [web(2), budget({ minAvailable: "51%" })], ["spec.minAvailable"]],
  ["the only one has to stay", [web(1), budget({ minAvailable: 1 })], ["spec.minAvailable"]],
  ["fewer run than were meant", [web(5), autoscaler(2), budget({ minAvailable: 3 })], ["spec.minAvailable"]],
])("%s", (_case, objects, paths) => {
  expect(places(disruptionBudgets, ...objects)).toEqual(paths);
});
