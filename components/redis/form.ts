import type { ComponentResource, Input } from "@pulumi/pulumi";
import type { StoreArgs } from "../microservice/args.ts";
import type { SecretFile } from "../secret-file.ts";
import type { RedisUserArgs } from "./replica-set.ts";

/** A Redis as its clients see it: the same whether it is pods or a cloud's. */
export interface RedisEndpoint {
  /** Where NetworkPolicies let its clients go. */
  readonly store: StoreArgs;
  /** The connection URL of a user. */
  urlFile(user: string): SecretFile;
}

/**
 * Makes a Redis that a cloud runs.
 *
 * @param name Name of the Redis, such as `redis`.
 */
export type RedisForm = (
  name: string,
  args: { readonly namespace: Input<string>; readonly users: RedisUserArgs[] },
  parent: ComponentResource,
) => RedisEndpoint;
