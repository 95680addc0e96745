import { FULL_STACK_NAME } from "../outputs.ts";
import { type Ec2Target, readEc2 } from "./ec2.ts";
import { type EksTarget, readEks } from "./eks.ts";
import { SettingsError } from "./error.ts";
import type { Section } from "./section.ts";
import { readVm, type VmTarget } from "./vm.ts";

/** Where an environment belongs. */
export const ENVIRONMENTS = ["dev", "staging", "prod"] as const;
export type Environment = (typeof ENVIRONMENTS)[number];

/** The Kubernetes that Tradestack makes on this machine. */
export interface SandboxTarget {
  readonly kind: "sandbox";
}

/** A Kubernetes that is there already. */
export interface ExistingTarget {
  readonly kind: "existing";
  /** Name of the kubeconfig context. It is always named: the current context is never used unasked. */
  readonly context: string;
  /** Path of the kubeconfig; undefined: `$KUBECONFIG`, else `~/.kube/config`. */
  readonly kubeconfig: string | undefined;
}

/** A Kubernetes that another stack made: `kind: existing` with a `stack`. */
export interface ReferenceTarget {
  readonly kind: "reference";
  /** Full name of the stack, such as `acme/tradestack/prod`, whose output `kubeconfig` leads there. */
  readonly stack: string;
}

export type ClusterTarget =
  | SandboxTarget
  | ExistingTarget
  | ReferenceTarget
  | EksTarget
  | VmTarget
  | Ec2Target;

/** Whether the stack itself makes its cluster, which then only Pulumi's engine can. */
export const isMade = ({ kind }: ClusterTarget): boolean => kind !== "sandbox" && kind !== "existing";

const KINDS = ["sandbox", "existing", "eks", "vm", "ec2"] as const;

/** Names the context that stands in for the stack's own cluster; set by `--context`. */
export const CONTEXT_VARIABLE = "TRADESTACK_CONTEXT";
/** Names the production context that this run really means; set by `--yes-really`. */
export const CONFIRMATION_VARIABLE = "TRADESTACK_YES_REALLY";

/**
 * Reads which cluster a stack is for.
 *
 * @param section The stack's `cluster`.
 * @param variables Environment variables, of which `TRADESTACK_CONTEXT` wins over the stack.
 * @throws {SettingsError} when the stack names no cluster or half of one.
 */
export function readCluster(section: Section, variables: NodeJS.ProcessEnv): ClusterTarget {
  const kind = section.oneOf("kind", KINDS);
  const override = variables[CONTEXT_VARIABLE];
  if (kind === "eks" || kind === "ec2") {
    refuseOverride(section, override);
    return kind === "eks" ? readEks(section) : readEc2(section);
  }
  if (kind === "vm") {
    const target = readVm(section);
    // Its machines are none of the stack's resources: there is nothing that another context would delete.
    return override ? { kind: "existing", context: override, kubeconfig: undefined } : target;
  }
  const context = section.text("context");
  const kubeconfig = section.text("kubeconfig");
  const stack = section.text("stack");
  section.refuseUnknownKeys();
  if (override) return { kind: "existing", context: override, kubeconfig };
  if (kind === undefined) {
    throw new SettingsError(`${section.name("kind")} is missing; write one of ${KINDS.join(", ")}`);
  }
  if (kind === "sandbox") {
    if ((context ?? kubeconfig ?? stack) === undefined) return { kind };
    throw new SettingsError(
      `${section.path}: the sandbox takes neither context nor kubeconfig nor stack; remove them, or write kind: existing`,
    );
  }
  if (stack !== undefined) {
    if ((context ?? kubeconfig) === undefined) return { kind: "reference", stack: readStackName(section) };
    throw new SettingsError(
      `${section.name("stack")}: a stack brings its own kubeconfig; remove context and kubeconfig, or the stack`,
    );
  }
  if (context === undefined) {
    throw new SettingsError(
      `${section.name("context")} is missing; name a context of the kubeconfig, for the current one is never used unasked, or a stack that made the cluster`,
    );
  }
  return { kind, context, kubeconfig };
}

function readStackName(section: Section): string {
  const stack = section.text("stack");
  if (stack !== undefined && FULL_STACK_NAME.test(stack)) return stack;
  return section.refuse("stack", "is not a full name; write it like acme/tradestack/prod");
}

/** A stack that makes its cluster would want it gone, were another one put in its place. */
function refuseOverride(section: Section, context: string | undefined): void {
  if (!context) return;
  throw new SettingsError(
    `${section.path}: this stack makes its own cluster, and with --context ${context} it would be deleted; use a stack of kind: existing for that context`,
  );
}

/**
 * Keeps a stack that is not for production off what looks like production.
 *
 * @param environment The stack's environment.
 * @param names What the cluster is known by: context, cluster, namespace.
 * @param variables Environment variables, of which `TRADESTACK_YES_REALLY` may name the context.
 * @throws {SettingsError} when one of the names says production and nobody confirmed it.
 */
export function guardProduction(
  environment: Environment,
  names: { readonly context: string; readonly others: readonly string[] },
  variables: NodeJS.ProcessEnv,
): void {
  if (environment === "prod" || variables[CONFIRMATION_VARIABLE] === names.context) return;
  const telling = [names.context, ...names.others].find((name) => /prod/i.test(name));
  if (telling === undefined) return;
  throw new SettingsError(
    `the ${environment} stack is about to change context "${names.context}", and "${telling}" looks like production; ` +
      `if that is really meant, say so with --yes-really ${names.context} (or ${CONFIRMATION_VARIABLE}=${names.context})`,
  );
}
