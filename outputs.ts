/** What a stack tells other stacks: names, types and meaning, in one place. */

import type * as pulumi from "@pulumi/pulumi";

/** Organisation, project and stack; of the backends that have no organisations, the first is `organization`. */
export const FULL_STACK_NAME = /^[^/\s]+\/[^/\s]+\/[^/\s]+$/;

/** The outputs of a stack, as another stack finds them. */
export interface StackOutputs {
  /** What the stack is for: `dev`, `staging` or `prod`. */
  readonly environment: string;
  /** Namespace that everything of it is in. */
  readonly namespace: string;
  /** Where people reach it; null where only the ingress controller knows. */
  readonly url: string | null;
  /** Kubeconfig of the cluster that the stack made, a secret; null where the cluster was there before. */
  readonly kubeconfig: string | null;
}

/** The same as a program exports them. */
export type ProgramOutputs = { readonly [Name in keyof StackOutputs]: pulumi.Input<StackOutputs[Name]> };

/** The same as another program reads them; the kubeconfig only of a stack that has one. */
export type ReadOutputs = {
  readonly [Name in keyof StackOutputs]: pulumi.Output<
    Name extends "kubeconfig" ? string : StackOutputs[Name]
  >;
};
