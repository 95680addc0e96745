import { expect, test } from "vitest";
import type { KubernetesObject } from "../deploy/manifests/manifest.ts";
import type { Deployment } from "../deploy/stack/wanted.ts";
import { rendered } from "../test/support/rendered.ts";
import { STACKS } from "../test/support/stacks.ts";
import { judgeStack } from "./stack.ts";

// Each stack is a process of its own, which takes its time on a busy machine.
const PATIENCE = { timeout: 60_000 };

const mandatory = (stack: Deployment) =>
  judgeStack(stack).findings.filter(({ enforcement }) => enforcement === "mandatory");
const broken = (stack: Deployment) => [...new Set(mandatory(stack).map(({ rule }) => rule))];

test("the project brings the environments that it speaks of", () => {
  expect(STACKS).toEqual(expect.arrayContaining(["dev", "staging", "prod"]));
});

/** What a stack may do though a rule says otherwise: these two ask the Kubernetes API what there is. */
const EXCEPTIONS = new Set([
  "service-account-token StatefulSet.apps monitoring/prometheus",
  "service-account-token Deployment.apps monitoring/kube-state-metrics",
]);

test.each(STACKS)(
  "the %s stack keeps every rule, with no exception that is not known",
  PATIENCE,
  async (name) => {
    const stack = await rendered(name);
    expect(mandatory(stack)).toEqual([]);
    const { exceptions, rules } = judgeStack(stack);
    expect(
      exceptions.map(({ rule, resource }) => `${rule} ${resource}`).filter((one) => !EXCEPTIONS.has(one)),
    ).toEqual([]);
    expect(rules.includes("public-tls")).toBe(stack.settings.environment !== "dev");
  },
);

/** The staging stack, in which the text of each object was changed. */
async function spoilt(spoil: (text: string) => string): Promise<Deployment> {
  const staging = await rendered("staging");
  const manifests = staging.manifests.map((manifest) => {
    const object: KubernetesObject = JSON.parse(spoil(JSON.stringify(manifest.object)));
    return { ...manifest, object };
  });
  return { ...staging, manifests };
}
const replace = (found: string, by: string) => (text: string) => text.replace(found, by);

test.each<[string, (text: string) => string]>([
  ["image-version", replace("library/postgres:17.6-bookworm", "library/postgres")],
  ["resources", replace('"cpu":"500m"', '"gpu":"1"')],
  ["probes", replace('"readinessProbe"', '"unknownProbe"')],
  ["restricted-pods", replace('"readOnlyRootFilesystem":true', '"readOnlyRootFilesystem":false')],
  ["service-account-token", (text) => text.replaceAll('"automountServiceAccountToken":false,', "")],
  ["plaintext-secrets", replace('"LOG_LEVEL","value":"info"', '"API_KEY","value":"hunter2"')],
  ["public-tls", replace('"hosts":["staging.shop.example.com"]', '"hosts":["other.example.com"]')],
  ["default-deny", replace('"podSelector":{}', '"podSelector":{"matchLabels":{"app":"web"}}')],
  ["disruption-budgets", replace('"maxUnavailable":1,', '"maxUnavailable":0,')],
  ["autoscaler-targets", (text) => text.replace(/("scaleTargetRef":\{[^}]*"name":)"\w+"/, '$1"nobody"')],
])("%s notices when a stack breaks it", PATIENCE, async (rule, spoil) => {
  expect(broken(await spoilt(spoil))).toContain(rule);
});

test("digests are mandatory where no deployment brings them", PATIENCE, async () => {
  const staging = await rendered("staging");
  const settings = { ...staging.settings, resolveDigests: false };
  expect(broken({ ...staging, settings })).toEqual(["image-digest"]);
});
