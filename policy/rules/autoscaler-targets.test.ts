import { expect, test } from "vitest";
import type { JsonObject } from "../../deploy/program/registration.ts";
import { container, deployment, judge, object, podSpec, withContainer } from "../test/objects.ts";
import { autoscalerTargets } from "./autoscaler-targets.ts";

const utilization = (name: string) => ({
  type: "Resource",
  resource: { name, target: { type: "Utilization", averageUtilization: 70 } },
});
const autoscaler = (spec: JsonObject = {}) =>
  object("autoscaling/v2", "HorizontalPodAutoscaler", "web", {
    spec: {
      scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "web" },
      minReplicas: 2,
      maxReplicas: 4,
      metrics: [utilization("cpu")],
      ...spec,
    },
  });
const problems = (...objects: Parameters<typeof judge>[1][]) =>
  judge(autoscalerTargets, ...objects).map(({ path, message }) => `${path}: ${message}`);

test("a target that is there and requests CPU passes; what runs first is not measured", () => {
  expect(problems(autoscaler(), deployment())).toEqual([]);
  const first = container({ resources: {} });
  expect(problems(autoscaler(), deployment(podSpec({ initContainers: [first] })))).toEqual([]);
});

test("a target that the stack does not make is refused", () => {
  const found = 'spec.scaleTargetRef: there is no Deployment "web" to scale; name one that the stack makes';
  expect(problems(autoscaler())).toEqual([found]);
  expect(problems(autoscaler(), deployment(podSpec(), { name: "wbe" }))).toEqual([found]);
  const elsewhere = object("apps/v1", "Deployment", "web", {}, { namespace: "bank" });
  expect(problems(autoscaler(), elsewhere)).toEqual([found]);
});

test("a target or a size that only a deployment knows is nobody's fault", () => {
  expect(problems(autoscaler({ scaleTargetRef: { kind: "Deployment", name: null } }))).toEqual([]);
  expect(problems(autoscaler({ maxReplicas: null }), deployment())).toEqual([]);
});

test("one container without the request leaves the autoscaler without a measure", () => {
  const bare = container({ name: "proxy", resources: { requests: { memory: "1Mi" } } });
  const spec = podSpec({ containers: [container(), bare] });
  expect(problems(autoscaler(), deployment(spec))).toEqual([
    expect.stringMatching(/^spec\.metrics\[0\]: container "proxy" of Deployment web requests no cpu/),
  ]);
  const noMemory = withContainer({ resources: { requests: { cpu: "1" } } });
  const metrics = [utilization("cpu"), utilization("memory")];
  expect(problems(autoscaler({ metrics }), noMemory)).toEqual([expect.stringMatching(/requests no memory/)]);
});

test("the fewest are not more than the most", () => {
  expect(problems(autoscaler({ minReplicas: 5 }), deployment())).toEqual([
    "spec.minReplicas: minReplicas 5 is above maxReplicas; swap them",
  ]);
});

test("what KEDA makes is held to the same", () => {
  const scaled = object("keda.sh/v1alpha1", "ScaledObject", "web", {
    spec: {
      scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "web" },
      minReplicaCount: 2,
      maxReplicaCount: 4,
      triggers: [
        { type: "cpu", metricType: "Utilization", metadata: { value: "70" } },
        { type: "cron", metadata: { desiredReplicas: "3" } },
      ],
    },
  });
  expect(problems(scaled, deployment())).toEqual([]);
  expect(problems(scaled)).toEqual([expect.stringContaining('there is no Deployment "web" to scale')]);
  const unmeasured = deployment(podSpec({ containers: [container({ resources: {} })] }));
  expect(problems(scaled, unmeasured)).toEqual([expect.stringContaining("requests no cpu")]);
});
