import type { BrokerArgs } from "@pulumi/aws/mq/broker.js";
import * as pulumi from "@pulumi/pulumi";
import { AMAZON_MQ_VERSION } from "../../versions.ts";
import { Key, MqBroker, SecurityGroup, SecurityGroupIngressRule } from "../aws.ts";
import type { BrokerUserArgs } from "../rabbitmq/broker.ts";
import { VIRTUAL_HOST } from "../rabbitmq/definitions.ts";
import type { SecretFile } from "../secret-file.ts";
import { type Transform, transformed } from "../transform.ts";
import { urlFileOf, urlSecret } from "../url-secret.ts";
import { brokerAlarms } from "./amazon-mq-alarms.ts";
import { bringDefinitions, MANAGEMENT_PORT } from "./amazon-mq-definitions.ts";

/** What an {@link AmazonMqBroker} is made from. Its name is that of its Kubernetes objects. */
export interface AmazonMqBrokerArgs {
  /**
   * Name of the broker, of which an account has one in a region: up to 50 letters, digits, dashes and underscores.
   *
   * @example "tradestack-prod-rabbitmq"
   */
  identifier: string;
  /**
   * Namespace of the clients.
   *
   * @example "shop"
   */
  namespace: pulumi.Input<string>;
  /**
   * The VPC.
   *
   * @example cluster.vpcId
   */
  vpcId: pulumi.Input<string>;
  /**
   * Subnets in at least two availability zones.
   *
   * @example cluster.dataSubnetIds
   */
  subnetIds: pulumi.Input<pulumi.Input<string>[]>;
  /**
   * Ranges of the subnets, for the policies of pods.
   *
   * @example ["10.20.0.0/20", "10.20.16.0/20"]
   */
  subnetCidrs: string[];
  /**
   * Security group of the nodes, which alone get in.
   *
   * @example cluster.nodeSecurityGroupId
   */
  clientSecurityGroupId: pulumi.Input<string>;
  /** Clients, one per service. */
  users: BrokerUserArgs[];
  /**
   * Password of the administrator, with which users and queues are made: 12 to 250 characters without comma, colon and
   * equals sign. A later one is not brought to the broker: set it there, too.
   *
   * @example config.requireSecret("adminPassword")
   */
  adminPassword: pulumi.Input<string>;
  /**
   * Image with Node 22 or later, such as that of a service, in which users and queues are brought to the broker.
   *
   * @example "docker.io/library/node:26.10.0-bookworm-slim"
   */
  image: pulumi.Input<string>;
  /**
   * Changes with the passwords of users, so that new ones are made known to the broker.
   *
   * @default "" (passwords never change)
   */
  revision?: string;
  /**
   * Type of the nodes.
   *
   * @default "mq.m7g.large"
   */
  instanceType?: string;
  /**
   * Whether it is three nodes in different zones, each with every message, instead of one.
   *
   * @default true
   */
  multiAz?: boolean;
  /**
   * Topics of SNS that are told of alarms: memory, disk, queues that grow, dead letters.
   *
   * @default [] (they are seen in CloudWatch)
   * @example ["arn:aws:sns:eu-central-1:123456789012:alarms"]
   */
  alarmTopics?: pulumi.Input<string>[];
  /**
   * Whether Pulumi refuses to delete it.
   *
   * @default true
   */
  deletionProtection?: boolean;
}

/** Options of an {@link AmazonMqBroker} in TypeScript programs. */
export interface AmazonMqBrokerOptions extends pulumi.ComponentResourceOptions {
  /**
   * Changes single children where the arguments do not reach.
   *
   * @default {} (nothing is changed)
   * @example { broker: (built) => ({ ...built, applyImmediately: true }) }
   */
  transform?: { broker?: Transform<BrokerArgs> };
}

/** Port that clients connect to, by TLS only. */
export const AMQPS_PORT = 5671;
/** Name of the administrator. `guest` is not allowed there. */
const ADMIN = "administrator";
/** Nodes of a cluster. */
const NODES = 3;

/**
 * RabbitMQ at Amazon MQ, beside the cluster: encrypted where it is stored and on the way, reached by the nodes only, a
 * user for each service that may do what the service declares. It needs providers of AWS and Kubernetes.
 *
 * @example
 * const broker = new AmazonMqBroker("rabbitmq", {
 *   identifier: "shop-rabbitmq", namespace: "shop", vpcId: cluster.vpcId, subnetIds: cluster.dataSubnetIds,
 *   subnetCidrs: ["10.0.224.0/22", "10.0.228.0/22"], clientSecurityGroupId: cluster.nodeSecurityGroupId,
 *   users: [{ name: "order", password: orderPassword, publishes: ["order.paid.v1"], consumes: [] }],
 *   adminPassword: config.requireSecret("adminPassword"), image: orderImage,
 * }, { providers: [aws, kubernetes] });
 * new Microservice("order", { ..., secrets: [broker.urlFile("order")] });
 */
export class AmazonMqBroker extends pulumi.ComponentResource {
  /** Host name that leads to the nodes, the same after one is lost. */
  readonly host: pulumi.Output<string>;
  /** The connection URL of each user, by the user's name, for the `secrets` of a Microservice. */
  readonly urlFiles: Record<string, SecretFile>;

  constructor(name: string, args: AmazonMqBrokerArgs, options: AmazonMqBrokerOptions = {}) {
    const { transform = {}, ...opts } = options;
    // Not the arguments: they hold credentials, and a component's inputs are kept in the state.
    super("tradestack:index:AmazonMqBroker", name, {}, opts);
    const child = { parent: this };
    const { identifier, namespace, users } = args;
    const nodes = (args.multiAz ?? true) ? NODES : 1;
    const protect = args.deletionProtection ?? true;

    const key = new Key(
      `${name}-key`,
      { description: `Data of ${identifier}`, enableKeyRotation: true, deletionWindowInDays: 30 },
      { parent: this, retainOnDelete: true },
    );
    const firewall = new SecurityGroup(
      `${name}-firewall`,
      { description: `Who gets at ${identifier}`, vpcId: args.vpcId, tags: { Name: identifier } },
      child,
    );
    const entries = Object.entries({ messages: AMQPS_PORT, management: MANAGEMENT_PORT }).map(
      ([what, port]) =>
        new SecurityGroupIngressRule(
          `${name}-entry-${what}`,
          {
            securityGroupId: firewall.id,
            referencedSecurityGroupId: args.clientSecurityGroupId,
            description: "Nodes of the cluster; policies say which of their pods",
            ipProtocol: "tcp",
            fromPort: port,
            toPort: port,
          },
          child,
        ),
    );
    const broker = new MqBroker(
      `${name}-broker`,
      transformed(
        {
          brokerName: identifier,
          engineType: "RabbitMQ",
          engineVersion: AMAZON_MQ_VERSION,
          // Amazon MQ takes nothing else for this engine.
          autoMinorVersionUpgrade: true,
          hostInstanceType: args.instanceType ?? "mq.m7g.large",
          deploymentMode: nodes === 1 ? "SINGLE_INSTANCE" : "CLUSTER_MULTI_AZ",
          // One for each node.
          subnetIds: pulumi.output(args.subnetIds).apply((ids) => ids.slice(0, nodes)),
          securityGroups: [firewall.id],
          publiclyAccessible: false,
          encryptionOptions: { useAwsOwnedKey: false, kmsKeyId: key.arn },
          users: [{ username: ADMIN, password: pulumi.secret(args.adminPassword) }],
          logs: { general: true },
          // In UTC, when few people buy; after that of the databases.
          maintenanceWindowStartTime: { dayOfWeek: "SUNDAY", timeOfDay: "04:30", timeZone: "UTC" },
          tags: { Name: identifier },
        },
        transform.broker,
      ),
      {
        parent: this,
        protect,
        dependsOn: entries,
        // Another password here would be another broker, and every message lost.
        ignoreChanges: ["users"],
        customTimeouts: { create: "60m", update: "120m", delete: "60m" },
      },
    );
    // One name leads to all nodes.
    const console = broker.instances.apply(([node]) => node?.consoleUrl ?? "");
    this.host = console.apply((url) => new URL(url).hostname);
    const definitions = bringDefinitions(this, name, {
      ...args,
      console,
      admin: ADMIN,
      cidrs: args.subnetCidrs,
    });
    brokerAlarms(this, name, {
      broker: identifier,
      consumers: users.filter(({ consumes }) => consumes.length > 0).map((user) => user.name),
      topics: args.alarmTopics ?? [],
    });
    this.urlFiles = Object.fromEntries(
      users.map((user) => {
        const url = pulumi.interpolate`amqps://${user.name}:${user.password}@${this.host}:${AMQPS_PORT}/${VIRTUAL_HOST}`;
        const file = urlSecret(this, "broker", { store: name, namespace, user: user.name, url });
        // Whoever uses it waits until its user is there.
        const secretName = pulumi.all([file.secretName, definitions]).apply(([made]) => made);
        return [user.name, { ...file, secretName }];
      }),
    );
    this.registerOutputs({ host: this.host, urlFiles: this.urlFiles });
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
