/** Objects that every rule is content with, to be spoilt by its test. */

import type { KubernetesObject } from "../../deploy/manifests/manifest.ts";
import type { JsonObject } from "../../deploy/program/registration.ts";
import type { CloudResource, Context, Rule, Violation } from "../rule.ts";

export const NAMESPACE = "shop";
export const PROD: Context = { environment: "prod", digestsAtDeployment: false };

/** What a rule says about Kubernetes objects. */
export const judge = (rule: Rule, ...manifests: KubernetesObject[]): Violation[] =>
  rule.check({ manifests, resources: [] }, PROD);

/** The places it objects to. */
export const places = (rule: Rule, ...manifests: KubernetesObject[]): string[] =>
  judge(rule, ...manifests).map(({ path }) => path);

/** What a rule says about cloud resources. */
export const judgeCloud = (rule: Rule, ...resources: CloudResource[]): Violation[] =>
  rule.check({ manifests: [], resources }, PROD);

/** An object in the namespace. */
export const object = (
  apiVersion: string,
  kind: string,
  name: string,
  fields: JsonObject = {},
  metadata: JsonObject = {},
): KubernetesObject => ({
  apiVersion,
  kind,
  metadata: { name, namespace: NAMESPACE, ...metadata },
  ...fields,
});

/** A container as it should be. */
export const container = (changes: JsonObject = {}): JsonObject => ({
  name: "web",
  image: `registry.example.com/web@sha256:${"a".repeat(64)}`,
  resources: { requests: { cpu: "50m", memory: "64Mi" }, limits: { cpu: "1", memory: "128Mi" } },
  readinessProbe: { httpGet: { path: "/readyz", port: 9090 } },
  livenessProbe: { httpGet: { path: "/livez", port: 9090 } },
  securityContext: {
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ["ALL"] },
  },
  ...changes,
});

/** The spec of a pod as it should be. */
export const podSpec = (changes: JsonObject = {}): JsonObject => ({
  automountServiceAccountToken: false,
  securityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
  containers: [container()],
  ...changes,
});

/** A Deployment, `web` unless told otherwise, that runs such pods. */
export const deployment = (
  spec: JsonObject = podSpec(),
  { name = "web", replicas = 2 }: { name?: string; replicas?: number } = {},
): KubernetesObject =>
  object("apps/v1", "Deployment", name, {
    spec: {
      replicas,
      selector: { matchLabels: { app: name } },
      template: { metadata: { labels: { app: name } }, spec },
    },
  });

/** A Deployment whose one container differs. */
export const withContainer = (changes: JsonObject): KubernetesObject =>
  deployment(podSpec({ containers: [container(changes)] }));

/** A resource of a cloud. */
export const cloud = (
  type: string,
  name: string,
  inputs: JsonObject,
  dependencies: readonly string[] = [],
): CloudResource => ({
  urn: `urn:pulumi:prod::shop::${type}::${name}`,
  type,
  name,
  inputs,
  dependencies: [...dependencies],
});
