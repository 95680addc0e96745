import * as pulumi from "@pulumi/pulumi";
import { FULL_STACK_NAME, type ReadOutputs, type StackOutputs } from "../outputs.ts";
import { SettingsError } from "../settings/error.ts";

/**
 * Reads the outputs of a Tradestack stack from another program, or another stack. What is secret there is secret here.
 * Once for each stack: a reference is a resource of the stack's name.
 *
 * @param stack Its full name: `ORGANISATION/tradestack/STACK`.
 * @throws {SettingsError} for a name that is not full; later, where the stack has no such output.
 * @example
 * const { namespace, url } = readStack("acme/tradestack/prod");
 * const provider = new kubernetes.Provider("shop", { kubeconfig: readStack("acme/tradestack/dev").kubeconfig });
 */
export function readStack(stack: string, opts?: pulumi.CustomResourceOptions): ReadOutputs {
  if (!FULL_STACK_NAME.test(stack)) {
    throw new SettingsError(
      `stack "${stack}" is not a full name; write ORGANISATION/tradestack/STACK, such as acme/tradestack/prod (a backend without organisations: organization/tradestack/prod)`,
    );
  }
  const reference = new pulumi.StackReference(stack, { name: stack }, opts);
  const read = <T>(name: keyof StackOutputs, check: (stack: string, name: string, value: unknown) => T) =>
    reference.getOutput(name).apply((value: unknown) => check(stack, name, value));
  // Read only when asked for: a stack that made nothing but a cluster has no namespace to tell.
  return {
    get environment() {
      return read("environment", textOf);
    },
    get namespace() {
      return read("namespace", textOf);
    },
    get url() {
      return read("url", textOrNull);
    },
    get kubeconfig() {
      return pulumi.secret(read("kubeconfig", kubeconfigOf));
    },
  };
}

/** @throws {SettingsError} where the stack has no such text. */
export function textOf(stack: string, name: string, value: unknown): string {
  if (typeof value === "string") return value;
  throw new SettingsError(
    `stack "${stack}" has no output ${name}; deploy it first, and make sure that it is one of Tradestack`,
  );
}

/** An output that is null is not kept. */
const textOrNull = (stack: string, name: string, value: unknown): string | null =>
  value == null ? null : textOf(stack, name, value);

/** @throws {SettingsError} where the stack made no cluster. */
export function kubeconfigOf(stack: string, name: string, value: unknown): string {
  if (value != null) return textOf(stack, name, value);
  throw new SettingsError(
    `stack "${stack}" has no output ${name}, as it made no cluster; name a stack that did, or use a context of your own`,
  );
}
