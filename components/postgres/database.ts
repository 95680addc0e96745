import type { JobArgs } from "@pulumi/kubernetes/batch/v1/job.js";
import type { SecretArgs } from "@pulumi/kubernetes/core/v1/secret.js";
import * as pulumi from "@pulumi/pulumi";
import { checksum, checksumOf } from "../checksum.ts";
import { scramSha256 } from "../credentials.ts";
import { Job, type PodSpec, Secret } from "../kubernetes.ts";
import { labels } from "../labels.ts";
import { type SecretFile, secretPath } from "../secret-file.ts";
import { type Transform, transformed } from "../transform.ts";
import { clientPod } from "./client-pod.ts";
import type { CertificateAuthority } from "./endpoint.ts";
import { ADMIN_PASSWORD_KEY, POSTGRES_PORT, provisionerName } from "./names.ts";
import { PROVISION_SCRIPT } from "./provision-script.ts";

/** What a {@link PostgresDatabase} is made from. Its name is that of the database and of the role that owns it. */
export interface PostgresDatabaseArgs {
  /**
   * Namespace of the server.
   *
   * @example "shop"
   */
  namespace: pulumi.Input<string>;
  /**
   * Image with `psql`, usually that of the server.
   *
   * @example "docker.io/library/postgres:17.6-bookworm"
   */
  image: pulumi.Input<string>;
  /**
   * Name of the server, such as that of a {@link PostgresServer}.
   *
   * @example "postgres"
   */
  server: string;
  /**
   * Host name of the server.
   *
   * @default its name
   * @example "postgres-rw"
   */
  host?: pulumi.Input<string>;
  /**
   * Port of the server.
   *
   * @default 5432
   */
  port?: number;
  /**
   * Role that makes the database; it needs the rights to make roles and databases.
   *
   * @default "postgres"
   */
  adminUser?: string;
  /**
   * Authority that signed the server's certificate; with one, connections are encrypted and the server's name is
   * checked.
   *
   * @default none: connections are in clear text
   */
  authority?: CertificateAuthority;
  /**
   * Name of the Secret that holds the administrator's password.
   *
   * @example server.adminSecret
   */
  adminSecret: pulumi.Input<string>;
  /**
   * Password of the role.
   *
   * @example config.requireSecret("password")
   */
  password: pulumi.Input<string>;
  /**
   * Changes with the credentials, so that a new password is made known to the server.
   *
   * @default "" (the password never changes)
   */
  revision?: string;
  /**
   * Most connections of the role at one time.
   *
   * @default 100
   */
  connectionLimit?: number;
  /**
   * Whether the role may read how the whole server is (`pg_monitor`), as an exporter does.
   *
   * @default false
   */
  monitors?: boolean;
}

/** Variable whose file holds the authority's certificates. */
const AUTHORITY = "DATABASE_AUTHORITY";
/** End of a URL that asks for an encrypted connection to the server that the authority vouches for. */
const VERIFIED = `?sslmode=verify-full&sslrootcert=${secretPath(AUTHORITY)}`;
/** Seconds that provisioning may take, the server's first start included. */
const DEADLINE = 600;

/** Options of a {@link PostgresDatabase} in TypeScript programs. */
export interface PostgresDatabaseOptions extends pulumi.ComponentResourceOptions {
  /**
   * Changes single children where the arguments do not reach.
   *
   * @default {} (children are made as the arguments say)
   * @example { job: (built) => ({ ...built, metadata: { ...built.metadata, annotations: { team: "data" } } }) }
   */
  transform?: { secret?: Transform<SecretArgs>; job?: Transform<JobArgs> };
}

/**
 * A database and the role that owns it, which may use this database only.
 *
 * @example
 * new PostgresDatabase("order", {
 *   namespace: "shop", image: server.image, server: "postgres", adminSecret: server.adminSecret,
 *   password: config.requireSecret("orderPassword"),
 * }, { dependsOn: [server] });
 */
export class PostgresDatabase extends pulumi.ComponentResource {
  /** The connection URL, for the `secrets` of a Microservice. */
  readonly urlFile: SecretFile;
  /** That, and the authority's certificates where there are any, which the URL names. */
  readonly secretFiles: SecretFile[];

  constructor(name: string, args: PostgresDatabaseArgs, options: PostgresDatabaseOptions = {}) {
    const { transform = {}, ...opts } = options;
    // Not the arguments: they hold credentials, and a component's inputs are kept in the state.
    super("tradestack:index:PostgresDatabase", name, {}, opts);
    const child = { parent: this };
    const { namespace, server } = args;
    const provisioner = provisionerName(server);

    const url = pulumi.interpolate`postgres://${name}:${args.password}@${args.host ?? server}:${args.port ?? POSTGRES_PORT}/${name}${args.authority === undefined ? "" : VERIFIED}`;
    const secret = new Secret(
      `${name}-database`,
      transformed(
        {
          metadata: { name: `${name}-database`, namespace, labels: labels(name, "database-credentials") },
          stringData: {
            url: pulumi.secret(url),
            // The server is told how to check the password, not the password.
            verifier: pulumi.secret(
              pulumi.output(args.password).apply((password) => scramSha256(password, name)),
            ),
          },
        },
        transform.secret,
      ),
      child,
    );

    const limit = args.connectionLimit ?? 100;
    // A Job cannot be changed: another specification is another Job.
    const jobName = pulumi
      .output(args.image)
      .apply((image) =>
        checksum([PROVISION_SCRIPT, image, limit, args.revision ?? "", args.monitors ?? false]).slice(0, 8),
      )
      .apply((hash) => `${server}-${name}-${hash}`);
    const provision = new Job(
      `${name}-provision`,
      transformed(
        {
          metadata: { name: jobName, namespace, labels: labels(provisioner, "provisioner") },
          spec: {
            backoffLimit: 4,
            activeDeadlineSeconds: DEADLINE,
            template: {
              metadata: { labels: labels(provisioner, "provisioner") },
              spec: provisionPod(name, args, secret.metadata.name, limit),
            },
          },
        },
        transform.job,
      ),
      { ...child, customTimeouts: { create: "10m" } },
    );

    this.urlFile = {
      variable: "DATABASE_URL",
      // Whoever uses the database waits until it is there.
      secretName: pulumi
        .all([secret.metadata.name, provision.metadata.name])
        .apply(([secretName]) => secretName),
      key: "url",
      checksum: checksumOf(url),
    };
    this.secretFiles = [this.urlFile, ...authorityFiles(args.authority)];
    this.registerOutputs({ urlFile: this.urlFile, secretFiles: this.secretFiles });
  }
}

/** Certificates are renewed under the same name: services read them when they connect. */
function authorityFiles(authority: CertificateAuthority | undefined): SecretFile[] {
  if (authority === undefined) return [];
  return [{ variable: AUTHORITY, ...authority, checksum: authority.key }];
}

function provisionPod(
  name: string,
  args: PostgresDatabaseArgs,
  secret: pulumi.Input<string>,
  limit: number,
): PodSpec {
  return clientPod({
    name: "provision",
    image: args.image,
    script: PROVISION_SCRIPT,
    server: { host: args.server, ...args },
    user: args.adminUser ?? "postgres",
    environment: {
      PGDATABASE: "postgres",
      ROLE: name,
      CONNECTION_LIMIT: String(limit),
      MONITORS: String(args.monitors ?? false),
    },
    secrets: [
      { name: args.adminSecret, key: ADMIN_PASSWORD_KEY, file: "admin-password" },
      { name: secret, key: "verifier", file: "verifier" },
    ],
    resources: {
      cpu: { request: "10m", limit: "500m" },
      memory: { request: "32Mi", limit: "128Mi" },
    },
  });
}
