import * as pulumi from "@pulumi/pulumi";
import { checksumOf } from "../checksum.ts";
import { type ChildOptions, childOptions } from "../child-transforms.ts";
import { Secret } from "../kubernetes.ts";
import { labels } from "../labels.ts";
import type { StoreArgs } from "../microservice/args.ts";
import type { CertificateAuthority } from "../postgres/endpoint.ts";
import { makeStoreExporter } from "./store-exporter.ts";

/** Port of the exporter. */
export const POSTGRES_EXPORTER_PORT = 9187;
const SECRETS = "/run/secrets/exporter";

/** What a {@link PostgresExporter} is made from. Its name is that of the role that it connects as, and of its database. */
export interface PostgresExporterArgs {
  /**
   * Namespace of the server's clients.
   *
   * @example "shop"
   */
  namespace: pulumi.Input<string>;
  /**
   * Image of postgres_exporter.
   *
   * @example "quay.io/prometheuscommunity/postgres-exporter:v0.17.1"
   */
  image: pulumi.Input<string>;
  /**
   * Host name of the server.
   *
   * @example "postgres"
   */
  host: pulumi.Input<string>;
  /**
   * Port of the server.
   *
   * @example 5432
   */
  port: number;
  /**
   * Authority that signed the server's certificate.
   *
   * @default none: connections are in clear text
   */
  authority?: CertificateAuthority;
  /**
   * Password of the role, which may read how the server is (`pg_monitor`).
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

/** Options of a {@link PostgresExporter} in TypeScript programs. */
export type PostgresExporterOptions = ChildOptions<
  "deployment" | "networkPolicy" | "secret" | "service" | "serviceAccount"
>;

/**
 * Tells Prometheus how a PostgreSQL server is.
 *
 * @example
 * new PostgresExporter("postgres-exporter", {
 *   namespace: "shop", image: "quay.io/prometheuscommunity/postgres-exporter:v0.17.1", host: "postgres", port: 5432,
 *   password, store: { name: "postgres", ports: [5432] }, monitoringNamespace: "monitoring",
 * });
 */
export class PostgresExporter extends pulumi.ComponentResource {
  constructor(name: string, args: PostgresExporterArgs, options?: PostgresExporterOptions) {
    // Not the arguments: they hold credentials, and a component's inputs are kept in the state.
    super("tradestack:index:PostgresExporter", name, {}, childOptions(options));
    const { namespace, authority } = args;
    const secret = new Secret(
      `${name}-access`,
      {
        metadata: { name: `${name}-access`, namespace, labels: labels(name, "exporter") },
        stringData: { password: pulumi.secret(args.password) },
      },
      { parent: this },
    );
    const encrypted = authority === undefined ? "disable" : `verify-full&sslrootcert=${SECRETS}/ca.pem`;
    makeStoreExporter(this, {
      ...args,
      name,
      args: [],
      env: [
        {
          name: "DATA_SOURCE_URI",
          value: pulumi.interpolate`${args.host}:${args.port}/${name}?sslmode=${encrypted}`,
        },
        { name: "DATA_SOURCE_USER", value: name },
        { name: "DATA_SOURCE_PASS_FILE", value: `${SECRETS}/password` },
      ],
      port: POSTGRES_EXPORTER_PORT,
      ready: "/",
      volumes: [
        {
          name: "access",
          projected: {
            defaultMode: 0o440,
            sources: [
              { secret: { name: secret.metadata.name, items: [{ key: "password", path: "password" }] } },
              ...(authority === undefined
                ? []
                : [
                    {
                      secret: { name: authority.secretName, items: [{ key: authority.key, path: "ca.pem" }] },
                    },
                  ]),
            ],
          },
        },
      ],
      mounts: [{ name: "access", mountPath: SECRETS, readOnly: true }],
      checksum: checksumOf(args.password),
    });
    this.registerOutputs();
  }
}
