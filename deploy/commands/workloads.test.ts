import { expect, test } from "vitest";
import type { KubernetesObject } from "../manifests/manifest.ts";
import type { JsonObject } from "../program/registration.ts";
import { type Snapshot, summarise, table } from "./workloads.ts";

const object = (
  kind: string,
  name: string,
  uid: string,
  owner: string,
  more: JsonObject,
): KubernetesObject => ({
  apiVersion: "v1",
  kind,
  metadata: { name, uid, ownerReferences: [{ uid: owner }] },
  ...more,
});
const pod = (name: string, restartCount: number) =>
  object("Pod", name, name, "r", {
    spec: { containers: [{ resources: { requests: { cpu: "50m", memory: "96Mi" } } }] },
    status: { containerStatuses: [{ restartCount }] },
  });
const usage = (name: string) =>
  object("PodMetrics", name, name, "", { containers: [{ usage: { cpu: "12345678n", memory: "40960Ki" } }] });
const container = { image: "registry.example/shop/order:1" };

const snapshot: Snapshot = {
  workloads: [
    object("Deployment", "order", "d", "", {
      spec: { replicas: 2, template: { spec: { containers: [container] } } },
      status: { replicas: 2, updatedReplicas: 2, readyReplicas: 2, availableReplicas: 2 },
    }),
    object("Job", "done", "j", "", { status: { conditions: [{ type: "Complete", status: "True" }] } }),
  ],
  replicaSets: [object("ReplicaSet", "order-1", "r", "d", {})],
  pods: [pod("order-a", 1), pod("order-b", 2)],
  usages: [usage("order-a"), usage("order-b"), usage("stranger")],
  autoscalers: [
    object("HorizontalPodAutoscaler", "order", "h", "", {
      spec: {
        scaleTargetRef: { kind: "Deployment", name: "order" },
        minReplicas: 2,
        maxReplicas: 4,
        metrics: [{ resource: { name: "cpu", target: { averageUtilization: 70 } } }],
      },
      status: { currentMetrics: [{ resource: { name: "cpu", current: { averageUtilization: 25 } } }] },
    }),
  ],
  ingresses: [],
};

test("replicas, restarts, autoscaling, requests and use are summed up; finished Jobs are of the past", () => {
  const [order, ...others] = summarise(snapshot);
  expect(others).toEqual([]);
  expect(order).toMatchObject({
    name: "order",
    state: "ready",
    ready: 2,
    desired: 2,
    restarts: 3,
    images: ["registry.example/shop/order:1"],
    autoscaling: "cpu 25%/70% (2-4)",
    requested: { cpu: 0.1, memory: 192 * 2 ** 20 },
    used: { memory: 80 * 2 ** 20 },
  });
  expect(order?.used.cpu).toBeCloseTo(0.0246913, 6);
});

test("of what runs on every node, the nodes are counted", () => {
  const agents = object("DaemonSet", "node-exporter", "n", "", {
    spec: { template: { spec: { containers: [container] } } },
    status: { desiredNumberScheduled: 3, numberReady: 2 },
  });
  expect(summarise({ ...snapshot, workloads: [agents] })).toMatchObject([{ ready: 2, desired: 3 }]);
});

test("the table ends with the totals", () => {
  const lines = table(summarise(snapshot));
  expect(lines).toHaveLength(3);
  expect(lines[1]).toMatch(
    /^deployment\/order +2\/2 +3 +cpu 25%\/70% \(2-4\) +25m\/100m +80Mi\/192Mi +order:1$/,
  );
  expect(lines[2]).toMatch(/^total +3 +25m\/100m +80Mi\/192Mi$/);
});
