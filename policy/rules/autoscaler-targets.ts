import { autoscalersAmong } from "../../deploy/manifests/autoscaler.ts";
import {
  asNumber,
  asObject,
  asObjects,
  asText,
  type KubernetesObject,
} from "../../deploy/manifests/manifest.ts";
import { scales } from "../autoscalers.ts";
import { type Container, containersOf } from "../pods.ts";
import { type Rule, type Violation, violation } from "../rule.ts";

/** An autoscaler whose target is not there, or has no request to measure against, does nothing and says so nowhere. */
export const autoscalerTargets: Rule = {
  name: "autoscaler-targets",
  description: "An autoscaler's target exists, and requests whatever its use is measured against.",
  enforcement: "mandatory",
  scope: "stack",
  check: ({ manifests }) =>
    autoscalersAmong(manifests).flatMap((autoscaler) => checkAutoscaler(autoscaler, manifests)),
};

function checkAutoscaler(autoscaler: KubernetesObject, manifests: readonly KubernetesObject[]): Violation[] {
  const { scaleTargetRef, minReplicas, maxReplicas, metrics } = asObject(autoscaler.spec);
  const { kind, name } = asObject(scaleTargetRef);
  const target = manifests.find((candidate) => scales(autoscaler, candidate));
  if (target === undefined) {
    // In a preview of a cluster that is yet to be made, not even names are known.
    if (name === null) return [];
    const message = `there is no ${asText(kind)} "${asText(name)}" to scale; name one that the stack makes`;
    return [violation(autoscaler, "spec.scaleTargetRef", message)];
  }
  const fewest = minReplicas === undefined ? 1 : asNumber(minReplicas);
  const range =
    maxReplicas === null || fewest <= asNumber(maxReplicas)
      ? []
      : [violation(autoscaler, "spec.minReplicas", `minReplicas ${fewest} is above maxReplicas; swap them`)];
  const containers = containersOf([target]).filter(({ runsFirst }) => !runsFirst);
  const unmeasured = asObjects(metrics).flatMap((metric, index) =>
    unrequested(asObject(metric.resource), containers).map(({ name }) =>
      violation(
        autoscaler,
        `spec.metrics[${index}]`,
        `container "${name}" of ${target.kind} ${target.metadata.name} requests no ${asText(asObject(metric.resource).name)}, so that its use has no measure; add the request`,
      ),
    ),
  );
  return [...range, ...unmeasured];
}

/** The containers without the request that a metric in percent needs. */
function unrequested(
  { name, target }: ReturnType<typeof asObject>,
  containers: readonly Container[],
): readonly Container[] {
  if (asObject(target).type !== "Utilization") return [];
  return containers.filter(
    ({ value }) => asObject(asObject(value.resources).requests)[asText(name)] === undefined,
  );
}
