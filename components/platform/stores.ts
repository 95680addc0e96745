import type * as pulumi from "@pulumi/pulumi";
import { routingKey } from "../../services/contracts/event.ts";
import type { ServiceDescription } from "../../services/description.ts";
import type { StoreArgs } from "../microservice/args.ts";
import { MessageBroker } from "../rabbitmq/broker.ts";
import type { SecretFile } from "../secret-file.ts";
import { caches } from "./caches.ts";
import { databases } from "./databases.ts";
import { usesBroker } from "./edges.ts";
import { type Make, volumes } from "./part.ts";
import type { PlatformArgs } from "./platform.ts";

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
  const parts = [databases, caches, queues]
    .map((make) => make(parent, namespace, args))
    .filter((part) => part !== undefined);
  return {
    reachedBy: (service) => parts.filter((part) => part.uses(service)).map((part) => part.store),
    secretsOf: (service) =>
      parts.filter((part) => part.uses(service)).flatMap((part) => part.secrets(service.name)),
  };
}

const queues: Make = (parent, namespace, { settings, services, images, keys }) => {
  const users = services.filter(usesBroker);
  if (users.length === 0) return undefined;
  const name = "rabbitmq";
  const broker = new MessageBroker(
    name,
    {
      namespace,
      image: images.thirdParty(name),
      replicas: settings.broker.replicas,
      storage: settings.broker.storage,
      ...volumes(settings),
      clients: users.map((service) => service.name),
      monitoringNamespace: settings.monitoringNamespace,
      users: users.map((service) => ({
        name: service.name,
        password: keys.password(`${name}/${service.name}`),
        publishes: service.publishes.map(routingKey),
        consumes: service.consumes.map(routingKey),
      })),
      cookie: keys.password(`${name}/#cookie`),
    },
    { parent },
  );
  return {
    uses: usesBroker,
    store: { name, ports: broker.ports },
    secrets: (user) => [broker.urlFile(user)],
  };
};
