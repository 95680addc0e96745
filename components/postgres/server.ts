import * as pulumi from "@pulumi/pulumi";
import type { Resources } from "../../services/description.ts";
import { checksum, checksumOf } from "../checksum.ts";
import { scramSha256 } from "../credentials.ts";
import { ConfigMap, type Container, Secret, Service, StatefulSet } from "../kubernetes.ts";
import { CONFIG_CHECKSUM, labels, NOT_AWAITED, SECRETS_CHECKSUM, selectorLabels } from "../labels.ts";
import { restrictedContainer, restrictedPod, STORE_USER } from "../security.ts";
import {
  containerResources,
  patiently,
  type StoreBaseArgs,
  storePolicy,
  tokenlessAccount,
  volumeClaims,
} from "../stateful.ts";
import type { StoreOptions } from "../store-options.ts";
import { transformed } from "../transform.ts";
import { CLIENT_AUTHENTICATION, serverConfiguration } from "./configuration.ts";
import { ADMIN_PASSWORD_KEY, POSTGRES_PORT } from "./names.ts";
import { provisionerPolicy } from "./provisioner.ts";

/** What a {@link PostgresServer} is made from. Its name is also that of its Kubernetes objects. */
export interface PostgresServerArgs extends StoreBaseArgs {
  /**
   * Password of the administrator `postgres`, which only provisioning uses.
   *
   * @example config.requireSecret("password")
   */
  adminPassword: pulumi.Input<string>;
  /**
   * Most connections at one time, over all services.
   *
   * @default 300
   */
  maxConnections?: number;
  /**
   * What the server requests and may use at the most.
   *
   * @default 100m to 2 CPUs, 256Mi to 1Gi
   */
  resources?: Resources;
}

const DEFAULT_RESOURCES: Resources = {
  cpu: { request: "100m", limit: "2" },
  memory: { request: "256Mi", limit: "1Gi" },
};
const DATA = "/var/lib/postgresql/data";
const CONFIGURATION = "/etc/postgresql";
const SECRETS = "/run/secrets/postgres";
/**
 * The image sets the administrator's password only when it makes the data directory; a later one is set here. It listens
 * on TCP once it is really up, and lets its own user in without a password.
 */
const RENEW_ADMIN_PASSWORD = `
until pg_isready --quiet --host=127.0.0.1; do sleep 1; done
psql --no-psqlrc --quiet --username=postgres --set=ON_ERROR_STOP=1 \\
  --set=verifier="$(cat ${SECRETS}/verifier)" <<'SQL'
ALTER ROLE postgres PASSWORD :'verifier';
SQL
`.trimStart();

/**
 * A PostgreSQL server on a durable volume. Databases and their owners come from {@link PostgresDatabase}.
 *
 * @example
 * new PostgresServer("postgres", {
 *   namespace: "shop", image: "docker.io/library/postgres:17.6-bookworm", storage: "10Gi",
 *   clients: ["order"], adminPassword: config.requireSecret("adminPassword"),
 * });
 */
export class PostgresServer extends pulumi.ComponentResource {
  /** Host name that clients in the same namespace connect to. */
  readonly host: pulumi.Output<string>;
  /** Name of the Secret that holds the administrator's password. */
  readonly adminSecret: pulumi.Output<string>;

  constructor(name: string, args: PostgresServerArgs, options: StoreOptions = {}) {
    const { transform = {}, ...opts } = options;
    // Not the arguments: they hold credentials, and a component's inputs are kept in the state.
    super("tradestack:index:PostgresServer", name, {}, opts);
    const child = { parent: this };
    const { namespace } = args;
    const metadata = { name, namespace, labels: labels(name, "database") };
    const resources = args.resources ?? DEFAULT_RESOURCES;

    const account = tokenlessAccount(this, name, "database", namespace, transform);
    storePolicy(
      this,
      name,
      "database",
      args,
      { clients: [POSTGRES_PORT], peers: [], metrics: [] },
      transform,
    );
    provisionerPolicy(this, { name, ports: [POSTGRES_PORT] }, namespace);

    const secret = new Secret(
      `${name}-admin`,
      transformed(
        {
          metadata: { ...metadata, name: `${name}-admin` },
          stringData: {
            [ADMIN_PASSWORD_KEY]: args.adminPassword,
            verifier: pulumi.secret(
              pulumi.output(args.adminPassword).apply((password) => scramSha256(password, "postgres")),
            ),
          },
        },
        transform.secret,
      ),
      child,
    );
    const data = {
      "postgresql.conf": serverConfiguration(resources.memory.limit, args.maxConnections ?? 300),
      "pg_hba.conf": CLIENT_AUTHENTICATION,
    };
    const configuration = new ConfigMap(
      `${name}-config`,
      transformed({ metadata, data }, transform.configMap),
      child,
    );
    const service = new Service(
      `${name}-service`,
      transformed(
        {
          metadata: { ...metadata, annotations: NOT_AWAITED },
          spec: {
            selector: selectorLabels(name),
            ports: [{ name: "postgres", port: POSTGRES_PORT, targetPort: "postgres" }],
          },
        },
        transform.service,
      ),
      child,
    );
    new StatefulSet(
      `${name}-server`,
      transformed(
        {
          metadata,
          spec: {
            replicas: 1,
            serviceName: name,
            selector: { matchLabels: selectorLabels(name) },
            template: {
              metadata: {
                labels: labels(name, "database"),
                annotations: {
                  [CONFIG_CHECKSUM]: checksum(data),
                  [SECRETS_CHECKSUM]: checksumOf(args.adminPassword),
                },
              },
              spec: {
                serviceAccountName: account.metadata.name,
                automountServiceAccountToken: false,
                enableServiceLinks: false,
                securityContext: restrictedPod(STORE_USER),
                // Time for a last checkpoint; the image ends on SIGINT, which does not wait for clients.
                terminationGracePeriodSeconds: 60,
                containers: [serverContainer(args, resources)],
                volumes: [
                  { name: "configuration", configMap: { name: configuration.metadata.name } },
                  { name: "admin", secret: { secretName: secret.metadata.name, defaultMode: 0o440 } },
                  { name: "socket", emptyDir: {} },
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

    this.host = service.metadata.name;
    this.adminSecret = secret.metadata.name;
    this.registerOutputs({ host: this.host, adminSecret: this.adminSecret });
  }
}

function serverContainer(args: PostgresServerArgs, resources: Resources): Container {
  return {
    name: "postgres",
    image: args.image,
    imagePullPolicy: "IfNotPresent",
    args: ["postgres", "-c", `config_file=${CONFIGURATION}/postgresql.conf`],
    env: [
      { name: "POSTGRES_PASSWORD_FILE", value: `${SECRETS}/${ADMIN_PASSWORD_KEY}` },
      // A directory of its own: the volume's root may belong to somebody else or hold lost+found.
      { name: "PGDATA", value: `${DATA}/pgdata` },
    ],
    ports: [{ name: "postgres", containerPort: POSTGRES_PORT }],
    resources: containerResources(resources),
    securityContext: restrictedContainer,
    startupProbe: { tcpSocket: { port: "postgres" }, periodSeconds: 1, failureThreshold: 300 },
    readinessProbe: {
      exec: { command: ["pg_isready", "--quiet", "--host=127.0.0.1", "--username=postgres"] },
      periodSeconds: 10,
      timeoutSeconds: 5,
    },
    livenessProbe: { tcpSocket: { port: "postgres" }, periodSeconds: 10, failureThreshold: 6 },
    lifecycle: { postStart: { exec: { command: ["/bin/sh", "-ec", RENEW_ADMIN_PASSWORD] } } },
    volumeMounts: [
      { name: "data", mountPath: DATA },
      { name: "configuration", mountPath: CONFIGURATION, readOnly: true },
      { name: "admin", mountPath: SECRETS, readOnly: true },
      { name: "socket", mountPath: "/var/run/postgresql" },
      { name: "tmp", mountPath: "/tmp" },
    ],
  };
}
