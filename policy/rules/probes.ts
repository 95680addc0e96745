import { containersOf } from "../pods.ts";
import { type Rule, violation } from "../rule.ts";

/** Kinds whose pods are meant to run for good. */
const LASTING = new Set(["Deployment", "StatefulSet", "DaemonSet"]);

const REMEDIES = {
  readinessProbe: "gets requests before it can answer them; probe what it needs to serve",
  livenessProbe: "is never restarted when it hangs; probe that it still answers",
};

/** Kubernetes knows of a container's health only what its probes tell. */
export const probes: Rule = {
  name: "probes",
  description: "Containers that are meant to run for good have a readiness and a liveness probe.",
  enforcement: "mandatory",
  scope: "resource",
  check: ({ manifests }) =>
    containersOf(manifests.filter(({ kind }) => LASTING.has(kind)))
      .filter(({ runsFirst }) => !runsFirst)
      .flatMap(({ pod, name, value, path }) =>
        Object.entries(REMEDIES)
          .filter(([probe]) => value[probe] === undefined)
          .map(([probe, remedy]) =>
            violation(pod.owner, `${path}.${probe}`, `container "${name}" has no ${probe}: it ${remedy}`),
          ),
      ),
};
