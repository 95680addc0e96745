import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import type { KubernetesObject } from "../deploy/manifests/manifest.ts";
import { type Deployment, readDeployment } from "../deploy/stack/wanted.ts";
import { judgeStack } from "./stack.ts";

// Each run is a process of its own: compiled code is kept from one to the next.
process.env.NODE_COMPILE_CACHE ??= join(import.meta.dirname, "..", "node_modules", ".cache", "node");

const STACKS = ["dev", "staging", "prod"] as const;
const stacks = new Map<string, Deployment>();
beforeAll(async () => {
  for (const stack of STACKS) stacks.set(stack, await readDeployment(stack, "any"));
}, 60_000);

const stackOf = (name: string): Deployment => {
  const stack = stacks.get(name);
  if (stack === undefined) throw new Error(`stack ${name} was not rendered`);
  return stack;
};
const broken = (stack: Deployment): string[] => {
  const mandatory = judgeStack(stack).findings.filter(({ enforcement }) => enforcement === "mandatory");
  return [...new Set(mandatory.map(({ rule }) => rule))];
};

test.each(STACKS)("the %s stack keeps every rule, without an exception", (name) => {
  const { findings, exceptions, rules } = judgeStack(stackOf(name));
  expect(findings.filter(({ enforcement }) => enforcement === "mandatory")).toEqual([]);
  expect(exceptions).toEqual([]);
  expect(rules.includes("public-tls")).toBe(name !== "dev");
});

/** The staging stack, in which the text of each object was changed. */
const spoilt = (spoil: (text: string, object: KubernetesObject) => string): Deployment => {
  const staging = stackOf("staging");
  const manifests = staging.manifests.map((manifest) => {
    const object: KubernetesObject = JSON.parse(spoil(JSON.stringify(manifest.object), manifest.object));
    return { ...manifest, object };
  });
  return { ...staging, manifests };
};
const replace = (found: string, by: string) => (text: string) => text.replace(found, by);

test.each<[string, (text: string, object: KubernetesObject) => string]>([
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
])("%s notices when a stack breaks it", (rule, spoil) => {
  expect(broken(spoilt(spoil))).toContain(rule);
});

test("digests are mandatory where no deployment brings them", () => {
  const prod = stackOf("prod");
  expect(broken({ ...prod, settings: { ...prod.settings, resolveDigests: false } })).toEqual([
    "image-digest",
  ]);
});
