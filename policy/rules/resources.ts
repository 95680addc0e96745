import { parseQuantity } from "../../components/quantity.ts";
import { asObject, asText } from "../../deploy/manifests/manifest.ts";
import type { Json } from "../../deploy/program/registration.ts";
import { containersOf } from "../pods.ts";
import { type Rule, violation } from "../rule.ts";

/** Without requests the scheduler and the autoscaler guess; without limits one container can starve its node. */
export const resources: Rule = {
  name: "resources",
  description: "Containers request CPU and memory, and have limits that are not below their requests.",
  enforcement: "mandatory",
  scope: "resource",
  check: ({ manifests }) =>
    containersOf(manifests).flatMap(({ pod, name, value, path }) => {
      const { requests, limits } = asObject(value.resources);
      return ["cpu", "memory"].flatMap((resource) => {
        const request = asObject(requests)[resource];
        const limit = asObject(limits)[resource];
        const missing = [
          ...(request === undefined ? ["requests"] : []),
          ...(limit === undefined ? ["limits"] : []),
        ].map((kind) =>
          violation(
            pod.owner,
            `${path}.resources.${kind}.${resource}`,
            `container "${name}" has no ${resource} in its ${kind}; state what it ${kind === "requests" ? "needs" : "may use at the most"}`,
          ),
        );
        if (missing.length > 0 || !isAbove(request, limit)) return missing;
        const message = `container "${name}" requests more ${resource} (${request}) than its limit (${limit}); raise the limit or lower the request`;
        return [violation(pod.owner, `${path}.resources.requests.${resource}`, message)];
      });
    }),
};

/** Whether a quantity is the larger one; not where one of them is unknown. */
function isAbove(request: Json | undefined, limit: Json | undefined): boolean {
  const [requested, allowed] = [amount(request), amount(limit)];
  return requested !== undefined && allowed !== undefined && requested > allowed;
}

const amount = (quantity: Json | undefined): number | undefined =>
  typeof quantity === "number" ? quantity : parseQuantity(asText(quantity));
