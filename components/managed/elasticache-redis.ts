import type { ReplicationGroupArgs } from "@pulumi/aws/elasticache/replicationGroup.js";
import * as pulumi from "@pulumi/pulumi";
import { SettingsError } from "../../settings/error.ts";
import { ELASTICACHE_VERSION } from "../../versions.ts";
import {
  CacheParameterGroup,
  CacheReplicationGroup,
  CacheSubnetGroup,
  CacheUser,
  CacheUserGroup,
  Key,
  SecurityGroup,
  SecurityGroupIngressRule,
} from "../aws.ts";
import { serviceAccess } from "../redis/access.ts";
import { REDIS_PORT } from "../redis/configuration.ts";
import type { RedisUserArgs } from "../redis/replica-set.ts";
import type { SecretFile } from "../secret-file.ts";
import { type Transform, transformed } from "../transform.ts";
import { urlFileOf, urlSecret } from "../url-secret.ts";

/** What an {@link ElastiCacheRedis} is made from. Its name is that of its Kubernetes objects. */
export interface ElastiCacheRedisArgs {
  /**
   * Name of the replication group, of which an account has one in a region: up to 40 letters, digits and dashes.
   *
   * @example "tradestack-prod-redis"
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
   * Security group of the nodes, which alone get in.
   *
   * @example cluster.nodeSecurityGroupId
   */
  clientSecurityGroupId: pulumi.Input<string>;
  /** Clients, one per service; their keys and channels must begin with their name and a colon. */
  users: RedisUserArgs[];
  /**
   * Type of the nodes.
   *
   * @default "cache.t4g.small"
   */
  nodeType?: string;
  /**
   * Nodes: one primary, the others follow and take over, each in another zone. 1 means no failover.
   *
   * @default 3
   */
  nodes?: number;
  /**
   * Days that the snapshot of each night is kept.
   *
   * @default 7
   */
  snapshotDays?: number;
  /**
   * Whether Pulumi refuses to delete it.
   *
   * @default true
   */
  deletionProtection?: boolean;
}

/** Options of an {@link ElastiCacheRedis} in TypeScript programs. */
export interface ElastiCacheRedisOptions extends pulumi.ComponentResourceOptions {
  /**
   * Changes single children where the arguments do not reach.
   *
   * @default {} (nothing is changed)
   * @example { replicationGroup: (built) => ({ ...built, snapshotWindow: "04:00-05:00" }) }
   */
  transform?: { replicationGroup?: Transform<ReplicationGroupArgs> };
}

const ENGINE = "valkey";
/** Longest name of a replication group. */
const LONGEST_NAME = 40;

/**
 * Redis at Amazon ElastiCache, beside the cluster: encrypted where it is stored and on the way, a user for each service
 * with its own keys only, a replica in another zone that takes over. It needs providers of AWS and Kubernetes.
 *
 * @example
 * const redis = new ElastiCacheRedis("redis", {
 *   identifier: "shop-redis", namespace: "shop", vpcId: cluster.vpcId, subnetIds: cluster.dataSubnetIds,
 *   clientSecurityGroupId: cluster.nodeSecurityGroupId, users: [{ name: "cart", password: cartPassword }],
 * }, { providers: [aws, kubernetes] });
 * new Microservice("cart", { ..., secrets: [redis.urlFile("cart")] });
 */
export class ElastiCacheRedis extends pulumi.ComponentResource {
  /** Host name that leads to the primary, the same after a failover. */
  readonly host: pulumi.Output<string>;
  /** The connection URL of each user, by the user's name, for the `secrets` of a Microservice. */
  readonly urlFiles: Record<string, SecretFile>;

  constructor(name: string, args: ElastiCacheRedisArgs, options: ElastiCacheRedisOptions = {}) {
    const { transform = {}, ...opts } = options;
    // Not the arguments: they hold credentials, and a component's inputs are kept in the state.
    super("tradestack:index:ElastiCacheRedis", name, {}, opts);
    const child = { parent: this };
    const { identifier, namespace } = args;
    for (const id of [identifier, ...args.users.map((user) => userId(identifier, user.name))]) {
      if (id.length <= LONGEST_NAME) continue;
      throw new SettingsError(
        `ElastiCache "${id}": a name there has ${LONGEST_NAME} letters at most; shorten that of the cluster`,
      );
    }
    const nodes = args.nodes ?? 3;
    const protect = args.deletionProtection ?? true;

    const key = new Key(
      `${name}-key`,
      { description: `Data of ${identifier}`, enableKeyRotation: true, deletionWindowInDays: 30 },
      { parent: this, retainOnDelete: true },
    );
    const subnets = new CacheSubnetGroup(
      `${name}-subnets`,
      { description: `Where ${identifier} may be`, subnetIds: args.subnetIds },
      child,
    );
    const firewall = new SecurityGroup(
      `${name}-firewall`,
      { description: `Who gets at ${identifier}`, vpcId: args.vpcId, tags: { Name: identifier } },
      child,
    );
    const entry = new SecurityGroupIngressRule(
      `${name}-entry`,
      {
        securityGroupId: firewall.id,
        referencedSecurityGroupId: args.clientSecurityGroupId,
        description: "Nodes of the cluster; policies say which of their pods",
        ipProtocol: "tcp",
        fromPort: REDIS_PORT,
        toPort: REDIS_PORT,
      },
      child,
    );
    const parameters = new CacheParameterGroup(
      `${name}-parameters`,
      {
        family: `${ENGINE}${ELASTICACHE_VERSION.split(".", 1)[0]}`,
        description: `Settings of ${identifier}`,
        // What nobody has used for longest goes first, as with Redis in a cluster.
        parameters: [{ name: "maxmemory-policy", value: "volatile-lru" }],
      },
      child,
    );
    const group = new CacheReplicationGroup(
      `${name}-nodes`,
      transformed(
        {
          replicationGroupId: identifier,
          description: `Redis of ${identifier}`,
          engine: ENGINE,
          engineVersion: ELASTICACHE_VERSION,
          autoMinorVersionUpgrade: true,
          nodeType: args.nodeType ?? "cache.t4g.small",
          numCacheClusters: nodes,
          automaticFailoverEnabled: nodes > 1,
          multiAzEnabled: nodes > 1,
          port: REDIS_PORT,
          subnetGroupName: subnets.name,
          securityGroupIds: [firewall.id],
          parameterGroupName: parameters.name,
          userGroupIds: [this.#userGroup(name, args).userGroupId],
          transitEncryptionEnabled: true,
          transitEncryptionMode: "required",
          atRestEncryptionEnabled: true,
          kmsKeyId: key.arn,
          // In UTC, one after the other, when few people buy.
          snapshotWindow: "02:00-03:00",
          maintenanceWindow: "sun:03:30-sun:04:30",
          snapshotRetentionLimit: args.snapshotDays ?? 7,
          finalSnapshotIdentifier: `${identifier}-final`,
          tags: { Name: identifier },
        },
        transform.replicationGroup,
      ),
      {
        parent: this,
        protect,
        dependsOn: [entry],
        customTimeouts: { create: "60m", update: "120m", delete: "60m" },
      },
    );
    this.host = group.primaryEndpointAddress;
    this.urlFiles = Object.fromEntries(
      args.users.map((user) => [
        user.name,
        urlSecret(this, "cache", {
          store: name,
          namespace,
          user: user.name,
          url: pulumi.interpolate`rediss://${user.name}:${user.password}@${this.host}:${REDIS_PORT}`,
        }),
      ]),
    );
    this.registerOutputs({ host: this.host, urlFiles: this.urlFiles });
  }

  /**
   * The connection URL of a user, as {@link urlFiles} has it.
   *
   * @throws {Error} for a user that there is not.
   */
  urlFile(user: string): SecretFile {
    return urlFileOf(this.urlFiles, user, "Redis");
  }

  /** A user for each service. None is called `default`, so nobody gets in without a name. */
  #userGroup(name: string, { identifier, users }: ElastiCacheRedisArgs): CacheUserGroup {
    const child = { parent: this };
    const made = users.map(
      (user) =>
        new CacheUser(
          `${name}-${user.name}`,
          {
            userId: userId(identifier, user.name),
            userName: user.name,
            engine: ENGINE,
            accessString: `on ${serviceAccess(user.name)}`,
            authenticationMode: { type: "password", passwords: [pulumi.secret(user.password)] },
          },
          child,
        ),
    );
    return new CacheUserGroup(
      `${name}-users`,
      { userGroupId: identifier, engine: ENGINE, userIds: made.map((user) => user.userId) },
      child,
    );
  }
}

/** Users are known by one name in the whole account, and by another to the servers. */
const userId = (identifier: string, user: string): string => `${identifier}-${user}`;
