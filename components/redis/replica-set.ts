import * as pulumi from "@pulumi/pulumi";
import type { Resources } from "../../services/description.ts";
import { checksum, checksumOf } from "../checksum.ts";
import { ConfigMap, Secret, Service, StatefulSet } from "../kubernetes.ts";
import { CONFIG_CHECKSUM, labels, SECRETS_CHECKSUM, selectorLabels } from "../labels.ts";
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
import { type InternalPasswords, type RedisUser, sentinelAccess, serverAccess } from "./access.ts";
import {
  PRIMARY,
  REDIS_PORT,
  SENTINEL_HEAD,
  SENTINEL_PORT,
  SENTINEL_TAIL,
  serverConfiguration,
} from "./configuration.ts";
import { sentinelContainer, serverContainer } from "./containers.ts";
import { SCRIPTS } from "./scripts.ts";

/** A client and its password; its keys and channels must begin with its name and a colon. */
export interface RedisUserArgs {
  /**
   * Name of the service.
   *
   * @example "cart"
   */
  name: string;
  /**
   * Its password.
   *
   * @example config.requireSecret("password")
   */
  password: pulumi.Input<string>;
}

/** What a {@link RedisReplicaSet} is made from. Its name is also that of its Kubernetes objects. */
export interface RedisReplicaSetArgs extends StoreBaseArgs {
  /**
   * Servers: one primary, the others follow. 1 means no failover and no Sentinel; otherwise an odd number, of which
   * a majority must run.
   *
   * @default 3
   */
  replicas?: number;
  /** Clients, one per service. */
  users: RedisUserArgs[];
  /** What its parts prove themselves with to each other. */
  internal: RedisInternalArgs;
  /**
   * What one server requests and may use at the most.
   *
   * @default 25m to 1 CPU, 64Mi to 256Mi
   */
  resources?: Resources;
}

/** Passwords of the set's own parts. */
export interface RedisInternalArgs {
  /**
   * Replicas, towards the primary.
   *
   * @example config.requireSecret("replicaPassword")
   */
  replica: pulumi.Input<string>;
  /**
   * Sentinels, towards servers and each other.
   *
   * @example config.requireSecret("sentinelPassword")
   */
  sentinel: pulumi.Input<string>;
  /**
   * Health checks.
   *
   * @example config.requireSecret("probePassword")
   */
  probe: pulumi.Input<string>;
}

const DEFAULT_RESOURCES: Resources = {
  cpu: { request: "25m", limit: "1" },
  memory: { request: "64Mi", limit: "256Mi" },
};

/**
 * Redis with durable volumes, one primary and replicas that take over within seconds when it is lost.
 *
 * @example
 * const redis = new RedisReplicaSet("redis", {
 *   namespace: "shop", image: "docker.io/library/redis:8.2.1-bookworm", storage: "1Gi",
 *   clients: ["cart"], users: [{ name: "cart", password: cartPassword }],
 *   internal: { replica, sentinel, probe },
 * });
 * new Microservice("cart", { ..., secrets: [redis.urlFile("cart")] });
 */
export class RedisReplicaSet extends pulumi.ComponentResource {
  /** TCP ports that clients connect to. */
  readonly ports: number[];
  /** The connection URL of each user, by the user's name, for the `secrets` of a Microservice. */
  readonly urlFiles: Record<string, SecretFile>;

  constructor(name: string, args: RedisReplicaSetArgs, options: StoreOptions = {}) {
    const { transform = {}, ...opts } = options;
    // Not the arguments: they hold credentials, and a component's inputs are kept in the state.
    super("tradestack:index:RedisReplicaSet", name, {}, opts);
    const child = { parent: this };
    const { namespace } = args;
    const replicas = args.replicas ?? 3;
    const watched = replicas > 1;
    const metadata = { name, namespace, labels: labels(name, "cache") };
    const resources = args.resources ?? DEFAULT_RESOURCES;
    this.ports = watched ? [REDIS_PORT, SENTINEL_PORT] : [REDIS_PORT];

    const account = tokenlessAccount(this, name, "cache", namespace, transform);
    storePolicy(
      this,
      name,
      "cache",
      args,
      {
        clients: this.ports,
        peers: watched ? this.ports : [],
        metrics: [],
      },
      transform,
    );
    storeBudget(this, name, "cache", namespace, replicas, transform);

    const data = {
      ...SCRIPTS,
      "redis.conf": serverConfiguration(resources.memory.limit, replicas),
      "sentinel-head.conf": SENTINEL_HEAD,
      "sentinel-tail.conf": SENTINEL_TAIL,
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
    new Service(
      `${name}-service`,
      transformed(
        {
          metadata,
          spec: {
            // No virtual address: each pod has a name of its own, which it is known by even before it is ready.
            clusterIP: "None",
            publishNotReadyAddresses: true,
            selector: selectorLabels(name),
            ports: this.ports.map((port) => ({ name: port === REDIS_PORT ? "redis" : "sentinel", port })),
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
            serviceName: name,
            // Servers find their roles together; one that waits for another to be ready could wait for ever.
            podManagementPolicy: "Parallel",
            selector: { matchLabels: selectorLabels(name) },
            template: {
              metadata: {
                labels: labels(name, "cache"),
                annotations: { [CONFIG_CHECKSUM]: checksum(data), [SECRETS_CHECKSUM]: checksumOf(secrets) },
              },
              spec: {
                serviceAccountName: account.metadata.name,
                automountServiceAccountToken: false,
                enableServiceLinks: false,
                securityContext: restrictedPod(STORE_USER),
                terminationGracePeriodSeconds: 30,
                affinity: apart(name),
                containers: watched ? [serverContainer(pod), sentinelContainer(pod)] : [serverContainer(pod)],
                volumes: [
                  { name: "configuration", configMap: { name: configuration.metadata.name } },
                  { name: "access", secret: { secretName: secret.metadata.name, defaultMode: 0o440 } },
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
      args.users.map((user) => {
        const url = pulumi
          .output(user.password)
          .apply((password) => connectionUrl(name, replicas, { name: user.name, password }));
        return [user.name, urlSecret(this, "cache", { store: name, namespace, user: user.name, url })];
      }),
    );
    this.registerOutputs({ ports: this.ports, urlFiles: this.urlFiles });
  }

  /**
   * The connection URL of a user, as {@link urlFiles} has it.
   *
   * @throws {Error} for a user that there is not.
   */
  urlFile(user: string): SecretFile {
    return urlFileOf(this.urlFiles, user, "Redis");
  }
}

/** Where a client connects: to the one server, or to the Sentinels, which tell who is primary. */
export function connectionUrl(set: string, replicas: number, user: RedisUser): string {
  const credentials = `${user.name}:${user.password}`;
  if (replicas === 1) return `redis://${credentials}@${set}:${REDIS_PORT}`;
  const sentinels = Array.from({ length: replicas }, (_, index) => `${set}-${index}.${set}:${SENTINEL_PORT}`);
  return `redis+sentinel://${credentials}@${sentinels.join(",")}/${PRIMARY}`;
}

function secretData(args: RedisReplicaSetArgs): pulumi.Output<Record<string, string>> {
  return pulumi.secret(
    pulumi.all([pulumi.output(args.users), pulumi.output(args.internal)]).apply(
      ([users, internal]): Record<string, string> => ({
        ...(internal satisfies InternalPasswords),
        "users.acl": serverAccess(users, internal),
        "sentinel.acl": sentinelAccess(users, internal),
      }),
    ),
  );
}
