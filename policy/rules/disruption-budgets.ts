import { asNumber, asObject, type KubernetesObject, namespaceOf } from "../../deploy/manifests/manifest.ts";
import type { Json } from "../../deploy/program/registration.ts";
import { autoscalerOf } from "../autoscalers.ts";
import { type Pod, podsOf } from "../pods.ts";
import { type Rule, type Violation, violation } from "../rule.ts";
import { selects } from "../selector.ts";

const REPLICATED = new Set(["Deployment", "StatefulSet"]);

/** Nodes are drained for every upgrade: that must neither stop a service nor be stopped by it. */
export const disruptionBudgets: Rule = {
  name: "disruption-budgets",
  description:
    "What runs as two pods or more keeps some of them when nodes are drained, and lets them be drained.",
  enforcement: "mandatory",
  scope: "stack",
  check: ({ manifests }) => {
    const budgets = manifests.filter(({ kind }) => kind === "PodDisruptionBudget");
    const workloads = podsOf(manifests).filter(({ owner }) => REPLICATED.has(owner.kind));
    return [
      ...budgets.flatMap((budget) => checkBudget(budget, workloads, manifests)),
      ...workloads.flatMap((workload) => checkWorkload(workload, budgets, manifests)),
    ];
  },
};

function checkBudget(
  budget: KubernetesObject,
  workloads: readonly Pod[],
  manifests: readonly KubernetesObject[],
): Violation[] {
  const { minAvailable, maxUnavailable } = asObject(budget.spec);
  if ((minAvailable === undefined) === (maxUnavailable === undefined)) {
    return [violation(budget, "spec", "the budget needs minAvailable or maxUnavailable, and not both")];
  }
  const covered = workloads.filter((workload) => covers(budget, workload));
  if (covered.length === 0) {
    return [violation(budget, "spec.selector", "the budget selects no pods; select a workload's labels")];
  }
  if (maxUnavailable !== undefined) {
    const message = "the budget keeps every node from being drained; allow maxUnavailable: 1";
    return isNothing(maxUnavailable) ? [violation(budget, "spec.maxUnavailable", message)] : [];
  }
  return covered.flatMap((workload) => {
    const replicas = fewest(workload, manifests);
    if (replicas === 0 || share(minAvailable, replicas) < replicas) return [];
    const message = `the budget keeps all ${replicas} pods of ${workload.owner.kind} ${workload.owner.metadata.name}, so that no node of theirs can be drained; write maxUnavailable: 1 instead`;
    return [violation(budget, "spec.minAvailable", message)];
  });
}

function checkWorkload(
  workload: Pod,
  budgets: readonly KubernetesObject[],
  manifests: readonly KubernetesObject[],
): Violation[] {
  const replicas = fewest(workload, manifests);
  if (replicas < 2 || budgets.some((budget) => covers(budget, workload))) return [];
  const message = `${replicas} pods and no PodDisruptionBudget: draining nodes may take all of them at once; add one with maxUnavailable: 1`;
  return [violation(workload.owner, "spec.replicas", message)];
}

const covers = (budget: KubernetesObject, { owner, labels }: Pod): boolean =>
  namespaceOf(budget) === namespaceOf(owner) && selects(asObject(budget.spec).selector, labels);

/** The fewest pods that a workload runs as when all is well; 0 where it is switched off, or nobody knows yet. */
function fewest({ owner }: Pod, manifests: readonly KubernetesObject[]): number {
  const autoscaler = autoscalerOf(owner, manifests);
  const replicas = asObject((autoscaler ?? owner).spec)[
    autoscaler === undefined ? "replicas" : "minReplicas"
  ];
  return replicas === undefined ? 1 : asNumber(replicas);
}

const PERCENT = /^(\d+)%$/;

/** A number, or a percentage of the replicas, which Kubernetes rounds up. */
function share(amount: Json | undefined, replicas: number): number {
  const [, percent] = PERCENT.exec(String(amount)) ?? [];
  return percent === undefined ? asNumber(amount) : Math.ceil((Number(percent) * replicas) / 100);
}

const isNothing = (amount: Json): boolean => amount === 0 || amount === "0%";
