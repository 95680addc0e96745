import * as pulumi from "@pulumi/pulumi";
import { checksum, checksumOf } from "../checksum.ts";
import { scramSha256 } from "../credentials.ts";
import { Job, type PodSpec, Secret } from "../kubernetes.ts";
import { labels } from "../labels.ts";
import type { SecretFile } from "../secret-file.ts";
import { restrictedContainer, restrictedPod, STORE_USER } from "../security.ts";
import { ADMIN_PASSWORD_KEY, POSTGRES_PORT, provisionerName } from "./names.ts";
import { PROVISION_SCRIPT } from "./provision-script.ts";

/** What a {@link PostgresDatabase} is made from. Its name is that of the database and of the role that owns it. */
export interface PostgresDatabaseArgs {
  /** Namespace of the server. */
  namespace: pulumi.Input<string>;
  /** Image with `psql`, usually that of the server. */
  image: pulumi.Input<string>;
  /** Name of the {@link PostgresServer}, which is also its host name. */
  server: string;
  /** Name of the Secret that holds the administrator's password. */
  adminSecret: pulumi.Input<string>;
  /** Password of the role. */
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
}

const SECRETS = "/run/secrets/postgres";
/** Seconds that provisioning may take, the server's first start included. */
const DEADLINE = 600;

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

  constructor(name: string, args: PostgresDatabaseArgs, opts?: pulumi.ComponentResourceOptions) {
    // Not the arguments: they hold credentials, and a component's inputs are kept in the state.
    super("tradestack:index:PostgresDatabase", name, {}, opts);
    const child = { parent: this };
    const { namespace, server } = args;
    const provisioner = provisionerName(server);

    const url = pulumi.interpolate`postgres://${name}:${args.password}@${server}:${POSTGRES_PORT}/${name}`;
    const secret = new Secret(
      `${name}-database`,
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
      child,
    );

    const limit = args.connectionLimit ?? 100;
    // A Job cannot be changed: another specification is another Job.
    const jobName = pulumi
      .output(args.image)
      .apply((image) => checksum([PROVISION_SCRIPT, image, limit, args.revision ?? ""]).slice(0, 8))
      .apply((hash) => `${server}-${name}-${hash}`);
    const provision = new Job(
      `${name}-provision`,
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
    this.registerOutputs({ urlFile: this.urlFile });
  }
}

function provisionPod(
  name: string,
  args: PostgresDatabaseArgs,
  secret: pulumi.Input<string>,
  limit: number,
): PodSpec {
  return {
    restartPolicy: "OnFailure",
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    securityContext: restrictedPod(STORE_USER),
    containers: [
      {
        name: "provision",
        image: args.image,
        imagePullPolicy: "IfNotPresent",
        command: ["/bin/sh", "-ec", PROVISION_SCRIPT],
        env: [
          { name: "PGHOST", value: args.server },
          { name: "PGPORT", value: String(POSTGRES_PORT) },
          { name: "PGUSER", value: "postgres" },
          { name: "PGDATABASE", value: "postgres" },
          { name: "PGCONNECT_TIMEOUT", value: "5" },
          { name: "SECRETS", value: SECRETS },
          { name: "ROLE", value: name },
          { name: "CONNECTION_LIMIT", value: String(limit) },
        ],
        resources: {
          requests: { cpu: "10m", memory: "32Mi" },
          limits: { cpu: "500m", memory: "128Mi" },
        },
        securityContext: restrictedContainer,
        volumeMounts: [
          { name: "secrets", mountPath: SECRETS, readOnly: true },
          { name: "tmp", mountPath: "/tmp" },
        ],
      },
    ],
    volumes: [
      {
        name: "secrets",
        projected: {
          defaultMode: 0o440,
          sources: [
            {
              secret: {
                name: args.adminSecret,
                items: [{ key: ADMIN_PASSWORD_KEY, path: "admin-password" }],
              },
            },
            { secret: { name: secret, items: [{ key: "verifier", path: "verifier" }] } },
          ],
        },
      },
      { name: "tmp", emptyDir: { sizeLimit: "16Mi" } },
    ],
  };
}
