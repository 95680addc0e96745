import { beforeAll, describe, expect, test, vi } from "vitest";
import type { KubernetesObject } from "../../deploy/manifests/manifest.ts";
import type { JsonObject } from "../../deploy/program/registration.ts";
import { readCluster } from "../../settings/cluster.ts";
import { Section } from "../../settings/section.ts";
import { DEFAULT_BEHAVIOR, DEFAULT_CONTROLLER } from "../hpa/rules.ts";
import { drawPlan } from "../show/svg.ts";
import { showPlan } from "../show/text.ts";
import { demandOf } from "../tables/demand.ts";
import { pricesOf } from "../tables/prices.ts";
import { shapedTrace } from "../traces/shapes.ts";
import { plannedNodes } from "./nodes.ts";
import { isEnough, type Plan, type PlanInputs, plan } from "./plan.ts";
import { type Trial, workloadsOf } from "./workloads.ts";

const owner = (kind: string, name: string, spec: JsonObject, resources?: JsonObject): KubernetesObject => ({
  apiVersion: "apps/v1",
  kind,
  metadata: { name },
  spec: {
    ...spec,
    template: {
      spec: {
        containers: [
          {
            name,
            resources: resources ?? {
              requests: { cpu: "100m", memory: "128Mi" },
              limits: { cpu: "1", memory: "256Mi" },
            },
          },
        ],
      },
    },
  },
});
const autoscaler = (name: string, spec: JsonObject = {}): KubernetesObject => ({
  apiVersion: "autoscaling/v2",
  kind: "HorizontalPodAutoscaler",
  metadata: { name },
  spec: {
    scaleTargetRef: { kind: "Deployment", name },
    minReplicas: 2,
    maxReplicas: 6,
    metrics: [{ type: "Resource", resource: { name: "cpu", target: { averageUtilization: 70 } } }],
    ...spec,
  },
});
const objects = [
  owner("Deployment", "order", {}),
  autoscaler("order"),
  owner("StatefulSet", "postgres", { replicas: 1 }),
  owner("Deployment", "extra", { replicas: 2 }),
  { apiVersion: "v1", kind: "Service", metadata: { name: "order" } },
];
const part = (requests: number, cpuMilliseconds: number) => ({ requests, cpuMilliseconds });
const demand = demandOf(
  {
    date: "2026-11-21",
    source: "guessed",
    viewsPerOrder: 0,
    workloads: {
      order: { idleMillicores: 5, order: part(1, 10), view: part(0, 0) },
      postgres: { active: 1, idleMillicores: 5, order: part(4, 8), view: part(0, 0) },
    },
  },
  "own.json",
);
const prices = pricesOf(
  {
    date: "2026-11-21",
    currency: "EUR",
    source: "a friend",
    controlPlaneHourly: 0.1,
    reserved: { cpu: "500m", memory: "1Gi" },
    default: "large",
    nodes: {
      "m7i.large": { cpu: "2", memory: "8Gi", pods: 29, hourly: 0.1 },
      large: { cpu: "4", memory: "8Gi", pods: 30, hourly: 0.2 },
    },
  },
  "own.json",
);
const existing = { kind: "existing", context: "x", kubeconfig: undefined } as const;
/** What a cluster on EKS has to say. */
const EKS = { admins: ["arn:aws:iam::123456789012:role/deployment"] };
const TIMES = { pendingSeconds: 3, startSeconds: 2 };
const AS_IT_IS = { maxReplicas: undefined, cpuRequest: undefined };
const inputs = (ordersPerMinute: number, trial: Trial): PlanInputs => ({
  stack: "dev",
  objects,
  trace: shapedTrace("step", ordersPerMinute),
  prices,
  demand,
  nodes: plannedNodes(existing, prices, { type: undefined, most: 3 }, "stack dev"),
  controller: DEFAULT_CONTROLLER,
  times: TIMES,
  patienceSeconds: 2,
  objectives: new Map([["order", 99.9]]),
  trial,
});
const planFor = (ordersPerMinute: number, trial: Trial = AS_IT_IS): Plan =>
  plan(inputs(ordersPerMinute, trial));

describe("workloads", () => {
  test("are what the manifests deploy, with the API server's defaults", () => {
    const { workloads, unknown, otherMetrics } = workloadsOf(objects, demand, TIMES);
    expect(workloads.map(({ name, replicas }) => [name, replicas])).toEqual([
      ["order", 1],
      ["postgres", 1],
      ["extra", 2],
    ]);
    expect(workloads[0]).toMatchObject({
      autoscaler: { minReplicas: 2, maxReplicas: 6, cpuPercent: 70, behavior: DEFAULT_BEHAVIOR },
      requests: { cpu: 0.1, memory: 128 * 2 ** 20 },
      cpuLimit: 1,
    });
    expect(workloads[1]).toMatchObject({ autoscaler: undefined, active: 1 });
    expect(unknown).toEqual(["extra"]);
    expect(otherMetrics).toEqual([]);
  });

  test("have the autoscaler's own behaviour where it says one, and a note where it goes by more than CPU", () => {
    const behavior = {
      scaleDown: {
        stabilizationWindowSeconds: 60,
        selectPolicy: "Min",
        policies: [{ type: "Pods", value: 1, periodSeconds: 30 }],
      },
    };
    const metrics = [
      ...[autoscaler("order").spec].map(() => ({
        resource: { name: "cpu", target: { averageUtilization: 50 } },
      })),
      { pods: {} },
    ];
    const { workloads, otherMetrics } = workloadsOf(
      [owner("Deployment", "order", {}), autoscaler("order", { behavior, metrics })],
      demand,
      TIMES,
    );
    expect(workloads[0]?.autoscaler).toMatchObject({
      cpuPercent: 50,
      behavior: { scaleUp: DEFAULT_BEHAVIOR.scaleUp, scaleDown: behavior.scaleDown },
    });
    expect(otherMetrics).toEqual(["order"]);
  });

  test("that KEDA scales are planned by their CPU, as by Kubernetes' own autoscaler", () => {
    const scaled: KubernetesObject = {
      apiVersion: "keda.sh/v1alpha1",
      kind: "ScaledObject",
      metadata: { name: "order" },
      spec: {
        scaleTargetRef: { kind: "Deployment", name: "order" },
        minReplicaCount: 3,
        maxReplicaCount: 9,
        triggers: [
          { type: "cpu", metadata: { value: "60" } },
          { type: "cron", metadata: { desiredReplicas: "5" } },
        ],
      },
    };
    const { workloads, otherMetrics } = workloadsOf(
      [owner("Deployment", "order", {}), scaled],
      demand,
      TIMES,
    );
    expect(workloads[0]?.autoscaler).toMatchObject({ minReplicas: 3, maxReplicas: 9, cpuPercent: 60 });
    expect(otherMetrics).toEqual(["order"]);
  });

  test("that ask for nothing cannot be planned", () => {
    const bare = owner("Deployment", "order", {}, { requests: { cpu: "1" } });
    expect(() => workloadsOf([bare], demand, TIMES)).toThrow(
      "order, container order: it requests no memory; say how much it needs",
    );
  });
});

describe("a plan", () => {
  let enough: Plan;
  let tooLittle: Plan;
  beforeAll(() => {
    vi.stubEnv("NO_COLOR", "1");
    enough = planFor(60);
    tooLittle = planFor(60_000);
  });

  test("tells replicas, computed and simulated, throughput and cost", () => {
    expect(isEnough(enough)).toBe(true);
    // A second each: 0.01 CPU-s of 0.065 that a pod at its target has for requests.
    expect(enough.workloads[0]).toMatchObject({
      name: "order",
      computedReplicas: 2,
      peakReplicas: 2,
      allowed: 6,
    });
    expect(enough.workloads[0]?.throughputPerReplica).toBeCloseTo(0.5);
    expect(enough.workloads[1]?.perReplica).toBeCloseTo(0.995 / 0.002);
    expect(enough.cost).toMatchObject({ currency: "EUR", date: "2026-11-21", total: 0.2, month: 146 });
    expect(enough.notes).toEqual([
      "planned without load, because nobody said what an order costs them: extra",
    ]);
  });

  test("tells what would break first", () => {
    const [first, second] = enough.limits;
    expect(first).toMatchObject({ part: "postgres", because: "1 pod of 1 CPU" });
    expect(first?.ordersPerMinute).toBeCloseTo((60 * 0.995) / 0.008);
    expect(second?.part).toBe("nodes");
    expect(isEnough(tooLittle)).toBe(false);
    expect(tooLittle.workloads[0]).toMatchObject({ peakReplicas: 6, saturatedAt: 601 });
  });

  test("can try what the stack does not say", () => {
    const { workloads, limits } = planFor(6000, { maxReplicas: 40, cpuRequest: 0.5 });
    // A hundred a second of 0.01 CPU-s, of which a pod at 70 % of 0.5 CPUs serves 34.5.
    expect(workloads[0]).toMatchObject({ allowed: 40, computedReplicas: 3, peakReplicas: 3 });
    expect(limits.find(({ part }) => part === "order")?.because).toBe("40 pods of 1 CPU");
  });

  test("says what orders need elsewhere", () => {
    const { notes } = plan({
      ...inputs(60, AS_IT_IS),
      objects: objects.filter(({ metadata }) => metadata.name !== "postgres"),
    });
    expect(notes).toContain(
      "postgres: this stack does not deploy it; wherever it is, the peak takes 0.008 CPUs of it",
    );
  });

  test("is shown with what matters", () => {
    const good = showPlan(enough);
    expect(good).toContain(
      "stack dev, step: 60 min, up to 60 orders a minute, nodes large (assumed; --node names others)",
    );
    expect(good).toContain("orders are served; none waits for a pod");
    expect(good).toContain(
      "cost: EUR 0.20 for 60 min, EUR 146.00 a month like it; nodes only, prices of 2026-11-21",
    );
    const bad = showPlan(tooLittle);
    expect(bad).toMatch(/[\d,]+ of [\d,]+ orders are lost \([\d.]+ %\)/);
    expect(bad).toContain("the first to be too small: the nodes, after 10 min");
    expect(bad).toMatch(/ {2}postgres +7,463 orders a minute \(1 pod of 1 CPU\)/);
    expect(bad).toMatch(/promises that are not kept: order \([\d.]+ % of 99.9 %\)\n/);
    expect(good).not.toContain("promises");
    expect(bad.includes("\u001b")).toBe(false);
  });

  test("is drawn, with names that mean nothing to the picture's own language", () => {
    const picture = drawPlan({ ...planFor(900), stack: '<&">' });
    expect(picture).toContain("Stack &lt;&amp;&quot;&gt;: step, up to 900 orders a minute");
    expect(picture.includes(">order</text>")).toBe(true);
    expect(picture.includes(">postgres</text>")).toBe(false);
    expect(/NaN|undefined|Infinity/.test(picture)).toBe(false);
    expect(picture.match(/<path/g)).toHaveLength(2 * 3);
  });
});

describe("nodes", () => {
  test.each([
    [
      "of EKS are those of its first group",
      { nodeGroups: { web: { instanceTypes: ["m7i.large"], min: 2, max: 5 } } },
      { min: 2, max: 5 },
    ],
    ["of EKS come as pods need them where it has no group", {}, { min: 1, max: 1000 }],
  ])("%s", (_, own, expected) => {
    const cluster = readCluster(
      new Section("cluster", {
        kind: "eks",
        name: "shop",
        region: "eu-central-1",
        account: "123456789012",
        ...EKS,
        ...own,
      }),
      {},
    );
    const { pool, controlPlaneHourly } = plannedNodes(
      cluster,
      prices,
      { type: undefined, most: undefined },
      "stack prod",
    );
    expect(pool).toMatchObject(expected);
    expect(controlPlaneHourly).toBe(0.1);
  });

  test("of virtual machines are as many as there are, whatever comes", () => {
    const machines = { servers: ["10.0.1.21"], address: "10.0.1.21", nodeCidr: "10.0.1.0/24" };
    const cluster = readCluster(new Section("cluster", { kind: "vm", name: "edge", ...machines }), {});
    const planned = plannedNodes(cluster, prices, { type: undefined, most: undefined }, "stack edge");
    expect(planned).toMatchObject({ pool: { min: 1, max: 1 }, controlPlaneHourly: 0, isAssumed: true });
  });

  test("are this machine in the sandbox, and free", () => {
    const { pool, type } = plannedNodes(
      { kind: "sandbox" },
      prices,
      { type: undefined, most: undefined },
      "stack dev",
    );
    expect(pool).toMatchObject({ min: 1, max: 1 });
    expect(type.hourly).toBe(0);
  });

  test("that nobody sells are refused", () => {
    expect(() => plannedNodes(existing, prices, { type: "larg", most: undefined }, "stack dev")).toThrow(
      'node "larg" has no price; did you mean "large"? (m7i.large, large); a table of your own is named with --prices',
    );
  });
});
