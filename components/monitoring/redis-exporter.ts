import * as pulumi from "@pulumi/pulumi";
import { checksumOf } from "../checksum.ts";
import { type ChildOptions, childOptions } from "../child-transforms.ts";
import { Secret } from "../kubernetes.ts";
import { labels } from "../labels.ts";
import type { StoreArgs } from "../microservice/args.ts";
import { makeStoreExporter } from "./store-exporter.ts";

/** Port of the exporter. */
export const REDIS_EXPORTER_PORT = 9121;
const SECRETS = "/run/secrets/exporter";

/** What a {@link RedisExporter} is made from. Its name is that of the user that it connects as. */
export interface RedisExporterArgs {
  /**
   * Namespace of the servers.
   *
   * @example "shop"
   */
  namespace: pulumi.Input<string>;
  /**
   * Image of redis_exporter.
   *
   * @example "docker.io/oliver006/redis_exporter:v1.74.0"
   */
  image: pulumi.Input<string>;
  /**
   * The servers, which Prometheus names when it asks for one of them.
   *
   * @example ["redis://redis-0.redis:6379"]
   */
  servers: string[];
  /**
   * Password of the user, which needs the right to `INFO`.
   *
   * @example config.requireSecret("exporterPassword")
   */
  password: pulumi.Input<string>;
  /** Where policies let it go. */
  store: StoreArgs;
  /**
   * Namespace of the Prometheus that reads it.
   *
   * @example "monitoring"
   */
  monitoringNamespace: string;
}

/** Options of a {@link RedisExporter} in TypeScript programs. */
export type RedisExporterOptions = ChildOptions<
  "deployment" | "networkPolicy" | "secret" | "service" | "serviceAccount"
>;

/**
 * Tells Prometheus how Redis servers are, each on its own: `/scrape?target=redis://redis-0.redis:6379`.
 *
 * @example
 * new RedisExporter("redis-exporter", {
 *   namespace: "shop", image: "docker.io/oliver006/redis_exporter:v1.74.0", servers: ["redis://redis-0.redis:6379"],
 *   password, store: { name: "redis", ports: [6379] }, monitoringNamespace: "monitoring",
 * });
 */
export class RedisExporter extends pulumi.ComponentResource {
  constructor(name: string, args: RedisExporterArgs, options?: RedisExporterOptions) {
    // Not the arguments: they hold credentials, and a component's inputs are kept in the state.
    super("tradestack:index:RedisExporter", name, {}, childOptions(options));
    const { namespace, servers } = args;
    const passwords = pulumi.secret(
      pulumi.output(args.password).apply((password) => JSON.stringify(passwordsOf(name, servers, password))),
    );
    const secret = new Secret(
      `${name}-access`,
      {
        metadata: { name: `${name}-access`, namespace, labels: labels(name, "exporter") },
        stringData: { "passwords.json": passwords },
      },
      { parent: this },
    );
    makeStoreExporter(this, {
      ...args,
      name,
      args: [
        // None of its own: it is told which one with each question.
        "-redis.addr=",
        `-redis.user=${name}`,
        `-redis.password-file=${SECRETS}/passwords.json`,
        "-redis-only-metrics",
        // It may ask for INFO and nothing else.
        "-set-client-name=false",
        "-config-command=-",
      ],
      env: [],
      port: REDIS_EXPORTER_PORT,
      ready: "/health",
      volumes: [{ name: "access", secret: { secretName: secret.metadata.name, defaultMode: 0o440 } }],
      mounts: [{ name: "access", mountPath: SECRETS, readOnly: true }],
      checksum: checksumOf(passwords),
    });
    this.registerOutputs();
  }
}

/** Passwords by server, as the exporter looks for them: newer versions with the user's name, older ones without. */
const passwordsOf = (user: string, servers: readonly string[], password: string): Record<string, string> =>
  Object.fromEntries(
    servers.flatMap((server) => [
      [server, password],
      [server.replace("://", `://${user}@`), password],
    ]),
  );
