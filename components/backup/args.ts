import type { Input } from "@pulumi/pulumi";
import type { CertificateAuthority } from "../postgres/endpoint.ts";
import type { BucketArgs } from "./bucket.ts";

/** What a PostgresBackup is made from. Its name is that of the server. */
export interface PostgresBackupArgs {
  /**
   * Namespace that everything is made in.
   *
   * @example "shop"
   */
  namespace: Input<string>;
  /**
   * Image with `pg_dump` and its kin, of the server's version or a later one.
   *
   * @example "docker.io/library/postgres:17.6-bookworm"
   */
  image: Input<string>;
  /**
   * Names of the databases, each owned by the role of the same name.
   *
   * @example ["order", "payment"]
   */
  databases: string[];
  /**
   * Host name of the server.
   *
   * @default its name
   * @example "postgres-rw"
   */
  host?: Input<string>;
  /**
   * Port of the server.
   *
   * @default 5432
   */
  port?: number;
  /**
   * Role that makes the role of the backups, and restores.
   *
   * @default "postgres"
   */
  adminUser?: string;
  /**
   * Name of the Secret that holds its password.
   *
   * @example "postgres-admin"
   */
  adminSecret: Input<string>;
  /**
   * Authority that signed the server's certificate.
   *
   * @default none: connections are in clear text
   */
  authority?: CertificateAuthority;
  /**
   * Where the server is, if it is no pods that are called by its name.
   *
   * @default its pods, in the same namespace
   */
  location?: ServerLocationArgs;
  /**
   * Password of the role that backups are made with, which may read and nothing else.
   *
   * @example config.requireSecret("password")
   */
  password: Input<string>;
  /**
   * Changes with the credentials, so that a new password is made known to the server.
   *
   * @default "" (the password never changes)
   */
  revision?: string;
  /**
   * When backups are made: minute, hour, day, month and weekday, in UTC.
   *
   * @default "17 3 * * *"
   */
  schedule?: string;
  /**
   * How many of the newest backups stay.
   *
   * @default 7
   */
  keep?: number;
  /**
   * Size of the volume that backups are kept on; with a bucket, of the one where each is put together.
   *
   * @example "10Gi"
   */
  storage: string;
  /**
   * Class of the volume.
   *
   * @default the cluster's default class
   * @example "gp3"
   */
  storageClass?: string;
  /**
   * Bucket that backups are kept in, instead of the volume.
   *
   * @default none
   */
  bucket?: BucketArgs;
  /**
   * Whether Pulumi refuses to delete or replace the volume until somebody unprotects it.
   *
   * @default true
   */
  protect?: boolean;
}

/** Where a server is. */
export interface ServerLocationArgs {
  /**
   * Labels that its pods are told by.
   *
   * @default the name, as `app.kubernetes.io/name`
   * @example { "cnpg.io/cluster": "postgres" }
   */
  podLabels?: Record<string, string>;
  /**
   * Addresses of a server outside of the cluster.
   *
   * @default none
   * @example ["10.20.0.0/20"]
   */
  cidrs?: string[];
}
