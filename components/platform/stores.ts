import type * as pulumi from "@pulumi/pulumi";
import type { ServiceDescription } from "../../services/description.ts";
import type { StoreArgs } from "../microservice/args.ts";
import type { SecretFile } from "../secret-file.ts";
import { caches } from "./caches.ts";
import { databases } from "./databases.ts";
import type { PlatformArgs } from "./platform.ts";
import { queues } from "./queues.ts";
import { traces } from "./traces.ts";

/** The stores of an environment, as its services see them. */
export interface Stores {
  /** The stores that a service connects to. */
  reachedBy(service: ServiceDescription): StoreArgs[];
  /** The credentials that it is given. */
  secretsOf(service: ServiceDescription): SecretFile[];
}

/** Makes the stores that at least one service uses, with a user for each that does. */
export function storesOf(
  parent: pulumi.ComponentResource,
  namespace: pulumi.Input<string>,
  args: PlatformArgs,
): Stores {
  const parts = [databases, caches, queues, traces]
    .map((make) => make(parent, namespace, args))
    .filter((part) => part !== undefined);
  return {
    reachedBy: (service) => parts.filter((part) => part.uses(service)).map((part) => part.store),
    secretsOf: (service) =>
      parts.filter((part) => part.uses(service)).flatMap((part) => part.secrets(service.name)),
  };
}
