import type { ApiError } from "../kubernetes/api.ts";
import { type KubernetesObject, titleOf } from "../manifests/manifest.ts";

const NAMES_WHAT_IT_WANTS =
  /field is immutable|updates to statefulset spec for fields other than|may not change once set/i;

/**
 * Why the server would not take an object, with the remedy where it is known: fields that can never be changed on a
 * live object are found before anything is applied, not half way through.
 */
export function explainRefusal(object: KubernetesObject, error: ApiError): string {
  const title = titleOf(object);
  const fields = error.causes.map(({ field }) => field).filter(Boolean);
  const where = fields.length > 0 ? `${title}, ${[...new Set(fields)].join(" and ")}` : title;
  if (!NAMES_WHAT_IT_WANTS.test(error.message)) {
    const causes = error.causes.map(({ field, message }) => [field, message].filter(Boolean).join(": "));
    return `${title}: ${causes.length > 0 ? causes.join("; ") : error.message}`;
  }
  const { namespace } = object.metadata;
  const target = `${namespace ? `--namespace ${namespace} ` : ""}${object.kind.toLowerCase()} ${object.metadata.name}`;
  switch (object.kind) {
    case "StatefulSet":
      return (
        `${where}: Kubernetes cannot change claim templates, selector or service name of a StatefulSet in place; ` +
        "undo the change, or, to keep its pods and data, enlarge the claims themselves, run " +
        `"kubectl delete --cascade=orphan ${target}", and then up again`
      );
    case "Job":
      return `${where}: a Job cannot be changed; give it a name that changes with its content, or run "kubectl delete ${target}" and then up again`;
    default:
      return (
        `${where}: Kubernetes cannot change this in place; undo the change, ` +
        `or accept an interruption: run "kubectl delete ${target}" and then up again`
      );
  }
}
