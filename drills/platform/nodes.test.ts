import { expect, test } from "vitest";
import type { KubernetesObject } from "../../deploy/manifests/manifest.ts";
import type { JsonObject } from "../../deploy/program/registration.ts";
import { haveStartedSince, nodesAmong, residentsAmong } from "./nodes.ts";

interface Kind {
  readonly control?: boolean;
  readonly cordoned?: boolean;
  readonly ready?: boolean;
}

const node = (name: string, of: Kind = {}): KubernetesObject => ({
  apiVersion: "v1",
  kind: "Node",
  metadata: {
    name,
    labels: Object.fromEntries(of.control ? [["node-role.kubernetes.io/control-plane", ""]] : []),
  },
  spec: { unschedulable: of.cordoned === true },
  status: {
    conditions: [
      { type: "MemoryPressure", status: "False" },
      { type: "Ready", status: of.ready === false ? "Unknown" : "True" },
    ],
  },
});

const pod = (name: string, nodeName: string, kind: string, service: string): KubernetesObject => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: {
    name,
    labels: { "app.kubernetes.io/name": service },
    ownerReferences: [{ kind, name: service }],
  },
  spec: { nodeName },
});

const deployment = (name: string, replicas: number): KubernetesObject => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name },
  spec: { replicas },
});

test("nodes that are lost or cordoned take no pods, and the control plane's cannot go", () => {
  const nodes = [
    node("d"),
    node("a", { control: true }),
    node("b", { cordoned: true }),
    node("c", { ready: false }),
  ];
  expect(nodesAmong(nodes)).toEqual({ open: ["a", "d"], workers: ["d"] });
});

test("what there is once on a node is told from what has another elsewhere", () => {
  const pods = [
    pod("order-1", "a", "ReplicaSet", "order"),
    pod("order-2", "b", "ReplicaSet", "order"),
    pod("cart-1", "a", "ReplicaSet", "cart"),
    pod("review-1", "b", "ReplicaSet", "review"),
    pod("redis-0", "a", "StatefulSet", "redis"),
    pod("migration", "a", "Job", "order"),
  ];
  const deployments = [deployment("order", 2), deployment("cart", 1), deployment("review", 1)];
  expect(residentsAmong("a", pods, deployments)).toEqual({
    pods: ["cart-1", "order-1", "redis-0"],
    stateful: ["redis-0"],
    alone: ["cart"],
  });
});

test("a pod counts as started again once each of its containers is, or once it is gone", () => {
  const lost = Date.parse("2026-11-21T12:00:10.400Z");
  const state = (startedAt: string | undefined): JsonObject =>
    startedAt === undefined ? { waiting: {} } : { running: { startedAt } };
  const started = (...times: (string | undefined)[]): KubernetesObject => ({
    ...pod("redis-0", "a", "StatefulSet", "redis"),
    status: {
      containerStatuses: times.map((time) => ({ state: state(time) })),
    },
  });
  const before = "2026-11-21T12:00:09Z";
  const after = "2026-11-21T12:00:10Z";
  const other = { ...started(before), metadata: { name: "redis-1" } };
  expect(haveStartedSince(["redis-0"], [started(after, after), other], lost)).toBe(true);
  expect(haveStartedSince(["redis-0"], [started(after, before)], lost)).toBe(false);
  expect(haveStartedSince(["redis-0"], [started(after, undefined)], lost)).toBe(false);
  expect(haveStartedSince(["redis-0"], [other], lost)).toBe(true);
});
