/** What a policy rule is, what it looks at, and what it answers. */

import { type KubernetesObject, keyOf } from "../deploy/manifests/manifest.ts";
import type { Registration } from "../deploy/program/registration.ts";
import type { Environment } from "../settings/cluster.ts";

/** `mandatory` stops a deployment, `advisory` is told and stops nothing. */
export type Enforcement = "mandatory" | "advisory";

/** A resource that is not a Kubernetes object, as the program describes it. */
export type CloudResource = Pick<Registration, "urn" | "type" | "name" | "inputs" | "dependencies">;

/** What rules look at. A value that only a deployment would know is null in it, and no rule objects to it. */
export interface Subject {
  readonly manifests: readonly KubernetesObject[];
  readonly resources: readonly CloudResource[];
}

/** What rules are told besides. */
export interface Context {
  readonly environment: Environment;
  /** Whether third-party images get their digest at deployment, so that what is looked at cannot have it yet. */
  readonly digestsAtDeployment: boolean;
}

/** A place that breaks a rule. */
export interface Violation {
  /** What breaks it, such as `Deployment.apps tradestack-prod/order`. */
  readonly resource: string;
  /** Where in it, such as `spec.template.spec.containers[0].image`. */
  readonly path: string;
  /** What is wrong and what to do about it. It never holds a secret. */
  readonly message: string;
  /** Where the rule is milder with this place than it says in general. */
  readonly enforcement?: "advisory";
}

/** One policy. */
export interface Rule {
  /** Letters and dashes; exceptions and configuration name it. */
  readonly name: string;
  /** One sentence that says what must be so. */
  readonly description: string;
  readonly enforcement: Enforcement;
  /** Where it holds; default: everywhere. */
  readonly environments?: readonly Environment[];
  /** Whether it can judge each resource by itself, and so before it is made, or needs to see the whole stack. */
  readonly scope: "resource" | "stack";
  check(subject: Subject, context: Context): Violation[];
}

/** Environments that customers or rehearsals depend on. */
export const PRODUCTION_LIKE: readonly Environment[] = ["staging", "prod"];

/** A violation by a Kubernetes object. */
export const violation = (object: KubernetesObject, path: string, message: string): Violation => ({
  resource: keyOf(object),
  path,
  message,
});

/** What a cloud resource is called in a report. */
export const cloudTitle = ({ type, name }: CloudResource): string => `${type} ${name}`;
