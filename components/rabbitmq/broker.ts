import * as pulumi from "@pulumi/pulumi";
import type { Resources } from "../../services/description.ts";
import { checksum, checksumOf } from "../checksum.ts";
import { ConfigMap, Secret, Service, StatefulSet } from "../kubernetes.ts";
import { CONFIG_CHECKSUM, labels, NOT_AWAITED, SECRETS_CHECKSUM, selectorLabels } from "../labels.ts";
import type { SecretFile } from "../secret-file.ts";
import { restrictedPod, STORE_USER } from "../security.ts";
import {
  apart,
  patiently,
  type StoreBaseArgs,
  storeBudget,
  storePolicy,
  tokenlessAccount,
  volumeClaims,
} from "../stateful.ts";
import type { StoreOptions } from "../store-options.ts";
import { transformed } from "../transform.ts";
import { urlFileOf, urlSecret } from "../url-secret.ts";
import {
  ADVANCED_CONFIGURATION,
  AMQP_PORT,
  brokerConfiguration,
  CLUSTER_PORT,
  EPMD_PORT,
  METRICS_PORT,
  nodesService,
} from "./configuration.ts";
import { brokerContainer, cookieContainer } from "./containers.ts";
import { type BrokerUser, definitions, VIRTUAL_HOST } from "./definitions.ts";

/** A client of the broker. Its queues begin with its name and a dot. */
export interface BrokerUserArgs {
  /**
   * Name of the service.
   *
   * @example "order"
   */
  name: string;
  /**
   * Its password.
   *
   * @example config.requireSecret("password")
   */
  password: pulumi.Input<string>;
  /**
   * Routing keys that it publishes; no others are taken from it.
   *
   * @example ["order.placed.v1"]
   */
  publishes: string[];
  /**
   * Routing keys that it consumes; it can bind its queues to no others.
   *
   * @example ["payment.captured.v1"]
   */
  consumes: string[];
}

/** What a {@link MessageBroker} is made from. Its name is also that of its Kubernetes objects. */
export interface MessageBrokerArgs extends StoreBaseArgs {
  /**
   * Nodes: 1, or an odd number of which a majority must run.
   *
   * @default 3
   */
  replicas?: number;
  /** Clients, one per service. */
  users: BrokerUserArgs[];
  /**
   * What its nodes prove themselves with to each other.
   *
   * @example config.requireSecret("cookie")
   */
  cookie: pulumi.Input<string>;
  /**
   * What one node requests and may use at the most.
   *
   * @default 100m to 1 CPU, 192Mi to 512Mi
   */
  resources?: Resources;
}

const DEFAULT_RESOURCES: Resources = {
  cpu: { request: "100m", limit: "1" },
  memory: { request: "192Mi", limit: "512Mi" },
};

/**
 * RabbitMQ on durable volumes, with one user per service that may do what the service declares and nothing else.
 *
 * @example
 * const broker = new MessageBroker("rabbitmq", {
 *   namespace: "shop", image: "docker.io/library/rabbitmq:4.1-management", storage: "5Gi", clients: ["order"],
 *   users: [{ name: "order", password: orderPassword, publishes: ["order.paid.v1"], consumes: [] }],
 *   cookie,
 * });
 * new Microservice("order", { ..., secrets: [broker.urlFile("order")] });
 */
export class MessageBroker extends pulumi.ComponentResource {
  /** TCP ports that clients connect to. */
  readonly ports: number[] = [AMQP_PORT];
  /** The connection URL of each user, by the user's name, for the `secrets` of a Microservice. */
  readonly urlFiles: Record<string, SecretFile>;

  constructor(name: string, args: MessageBrokerArgs, options: StoreOptions = {}) {
    const { transform = {}, ...opts } = options;
    // Not the arguments: they hold credentials, and a component's inputs are kept in the state.
    super("tradestack:index:MessageBroker", name, {}, opts);
    const child = { parent: this };
    const { namespace } = args;
    const replicas = args.replicas ?? 3;
    const metadata = { name, namespace, labels: labels(name, "broker") };
    const resources = args.resources ?? DEFAULT_RESOURCES;

    const account = tokenlessAccount(this, name, "broker", namespace, transform);
    storePolicy(
      this,
      name,
      "broker",
      args,
      {
        clients: [AMQP_PORT],
        peers: replicas > 1 ? [EPMD_PORT, CLUSTER_PORT] : [],
        metrics: [METRICS_PORT],
      },
      transform,
    );
    storeBudget(this, name, "broker", namespace, replicas, transform);

    const data = {
      "90-tradestack.conf": brokerConfiguration(name, replicas, resources.memory.limit),
      ...(replicas > 1 ? { "advanced.config": ADVANCED_CONFIGURATION } : {}),
    };
    const configuration = new ConfigMap(
      `${name}-config`,
      transformed({ metadata, data }, transform.configMap),
      child,
    );
    const secrets = secretData(args);
    const secret = new Secret(
      `${name}-access`,
      transformed(
        { metadata: { ...metadata, name: `${name}-access` }, stringData: secrets },
        transform.secret,
      ),
      child,
    );
    const selector = selectorLabels(name);
    new Service(
      `${name}-service`,
      transformed(
        {
          metadata: { ...metadata, annotations: NOT_AWAITED },
          spec: { selector, ports: [{ name: "amqp", port: AMQP_PORT, targetPort: "amqp" }] },
        },
        transform.service,
      ),
      child,
    );
    new Service(
      `${name}-nodes`,
      transformed(
        {
          metadata: { ...metadata, name: nodesService(name) },
          spec: {
            // Nodes find each other by name before they are ready: only together do they become so.
            clusterIP: "None",
            publishNotReadyAddresses: true,
            selector,
            ports: [{ name: "epmd", port: EPMD_PORT }],
          },
        },
        transform.service,
      ),
      child,
    );
    const pod = { name, image: args.image, replicas, resources };
    new StatefulSet(
      `${name}-servers`,
      transformed(
        {
          metadata,
          spec: {
            replicas,
            serviceName: nodesService(name),
            podManagementPolicy: "Parallel",
            selector: { matchLabels: selector },
            template: {
              metadata: {
                labels: labels(name, "broker"),
                annotations: { [CONFIG_CHECKSUM]: checksum(data), [SECRETS_CHECKSUM]: checksumOf(secrets) },
              },
              spec: {
                serviceAccountName: account.metadata.name,
                automountServiceAccountToken: false,
                enableServiceLinks: false,
                securityContext: restrictedPod(STORE_USER),
                terminationGracePeriodSeconds: 60,
                affinity: apart(name),
                initContainers: [cookieContainer(pod)],
                containers: [brokerContainer(pod)],
                volumes: [
                  { name: "configuration", configMap: { name: configuration.metadata.name } },
                  { name: "access", secret: { secretName: secret.metadata.name, defaultMode: 0o440 } },
                  { name: "log", emptyDir: {} },
                  { name: "tmp", emptyDir: {} },
                ],
              },
            },
            volumeClaimTemplates: volumeClaims(name, args),
          },
        },
        transform.statefulSet,
      ),
      patiently(this, args),
    );
    this.urlFiles = Object.fromEntries(
      args.users.map((user) => [
        user.name,
        urlSecret(this, "broker", {
          store: name,
          namespace,
          user: user.name,
          url: pulumi.interpolate`amqp://${user.name}:${user.password}@${name}:${AMQP_PORT}/${VIRTUAL_HOST}`,
        }),
      ]),
    );
    this.registerOutputs({ ports: this.ports, urlFiles: this.urlFiles });
  }

  /**
   * The connection URL of a user, as {@link urlFiles} has it.
   *
   * @throws {Error} for a user that there is not.
   */
  urlFile(user: string): SecretFile {
    return urlFileOf(this.urlFiles, user, "the broker");
  }
}

function secretData(args: MessageBrokerArgs): pulumi.Output<Record<string, string>> {
  return pulumi.secret(
    pulumi.all([pulumi.output(args.users), pulumi.output(args.cookie)]).apply(
      ([users, cookie]): Record<string, string> => ({
        "definitions.json": definitions(users satisfies BrokerUser[]),
        cookie,
      }),
    ),
  );
}
