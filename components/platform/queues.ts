import { routingKey } from "../../services/contracts/event.ts";
import type { ClusterBroker } from "../../settings/broker.ts";
import { MessageBroker } from "../rabbitmq/broker.ts";
import type { BrokerForm } from "../rabbitmq/form.ts";
import { usesBroker } from "./edges.ts";
import { type Make, refuseManaged, volumes } from "./part.ts";
import type { PlatformArgs } from "./platform.ts";

/** The message broker of an environment, with a user for each service that sends or receives events. */
export const queues: Make = (parent, namespace, platform) => {
  const { services, images, keys } = platform;
  const [first, ...others] = services.filter(usesBroker);
  if (first === undefined) return undefined;
  const name = "rabbitmq";
  const users = [first, ...others].map((service) => ({
    name: service.name,
    password: keys.password(`${name}/${service.name}`),
    publishes: service.publishes.map(routingKey),
    consumes: service.consumes.map(routingKey),
  }));
  const broker = brokerForm(platform)(
    name,
    {
      namespace,
      users,
      adminPassword: keys.password(`${name}/#administrator`),
      // Any of ours will do.
      image: images.service(first.name),
      revision: keys.fingerprint,
    },
    parent,
  );
  return { uses: usesBroker, store: broker.store, secrets: (user) => [broker.urlFile(user)] };
};

/** How the settings want RabbitMQ to run. */
function brokerForm(platform: PlatformArgs): BrokerForm {
  const { settings, managed } = platform;
  if (settings.broker.kind === "cluster") return nodes(platform, settings.broker);
  return managed?.broker ?? refuseManaged(settings, "broker", "amazon-mq", '"cluster"');
}

/** Pods with a volume each. */
const nodes =
  ({ settings, images, keys }: PlatformArgs, { replicas, storage }: ClusterBroker): BrokerForm =>
  (name, { namespace, users }, parent) => {
    const broker = new MessageBroker(
      name,
      {
        namespace,
        image: images.thirdParty("rabbitmq"),
        replicas,
        storage,
        ...volumes(settings),
        clients: users.map((user) => user.name),
        monitoringNamespace: settings.monitoringNamespace,
        users,
        cookie: keys.password(`${name}/#cookie`),
      },
      { parent },
    );
    return { store: { name, ports: broker.ports }, urlFile: (user) => broker.urlFile(user) };
  };
