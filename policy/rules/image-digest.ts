import { containersOf } from "../pods.ts";
import { PRODUCTION_LIKE, type Rule, violation } from "../rule.ts";
import { parseReference } from "./image-reference.ts";

const DIGEST = /^sha256:[0-9a-f]{64}$/;
/**
 * Tags of this project's own images are a hash of all that goes into them (images/tags.ts): the same content has the
 * same tag, and no other content ever gets it. Their digest is known only once they are pushed.
 */
const CONTENT_TAG = /^[0-9a-f]{16}$/;

/**
 * Anybody who can push to a registry can move a version's tag. Rendered manifests are looked at before a registry is
 * asked for digests: where the stack does that at deployment, what is missing here is told but stops nothing.
 */
export const imageDigest: Rule = {
  name: "image-digest",
  description: "Images are pinned to their content, by digest or by a tag that is a hash of it.",
  enforcement: "mandatory",
  environments: PRODUCTION_LIKE,
  scope: "resource",
  check: ({ manifests }, { digestsAtDeployment }) =>
    containersOf(manifests).flatMap(({ pod, value, path }) => {
      if (typeof value.image !== "string") return [];
      const { tag = "", digest } = parseReference(value.image);
      if (digest === undefined ? CONTENT_TAG.test(tag) : DIGEST.test(digest)) return [];
      const place = `${path}.image`;
      if (digestsAtDeployment) {
        const message = `image ${value.image} is pinned when Pulumi deploys it; by other means, add its digest (@sha256:…)`;
        return [{ ...violation(pod.owner, place, message), enforcement: "advisory" }];
      }
      const message = `image ${value.image} is not pinned; add its digest (@sha256:…), or set tradestack:resolveDigests`;
      return [violation(pod.owner, place, message)];
    }),
};
