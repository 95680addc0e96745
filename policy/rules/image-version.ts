import { containersOf } from "../pods.ts";
import { PRODUCTION_LIKE, type Rule, violation } from "../rule.ts";
import { parseReference } from "./image-reference.ts";

/** A tag that moves, or none, runs something else after each restart, and cannot be gone back to. */
export const imageVersion: Rule = {
  name: "image-version",
  description: "Images say which version they are: none is untagged or latest.",
  enforcement: "mandatory",
  environments: PRODUCTION_LIKE,
  scope: "resource",
  check: ({ manifests }) =>
    containersOf(manifests).flatMap(({ pod, value, path }) => {
      if (typeof value.image !== "string") return [];
      const { tag, digest } = parseReference(value.image);
      if (digest !== undefined || (tag !== undefined && tag !== "latest")) return [];
      const problem = tag === undefined ? "has no tag" : "is tagged latest";
      const message = `image ${value.image} ${problem}; name a version, or a digest (@sha256:…)`;
      return [violation(pod.owner, `${path}.image`, message)];
    }),
};
