import type { ComponentResource, Input } from "@pulumi/pulumi";
import type { StoreArgs } from "../microservice/args.ts";

/** A PostgreSQL server as those see it who use it: the same whether it is a pod, several, or a cloud's. */
export interface PostgresEndpoint {
  /** What it is called; names of its Jobs, Secrets and policies begin with it. */
  readonly name: string;
  /** Host name or address that takes writes. */
  readonly host: Input<string>;
  readonly port: number;
  /** Role that may make roles and databases; it need not be a superuser. */
  readonly adminUser: string;
  /** Secret in the clients' namespace that holds its password, as `password`. */
  readonly adminSecret: Input<string>;
  /**
   * Authority that signed its certificate: connections are then encrypted, and its name is checked. Undefined:
   * connections stay within the cluster, in clear text.
   */
  readonly authority?: CertificateAuthority;
  /** Where NetworkPolicies let its clients go: its pods, or addresses outside of the cluster. */
  readonly store: StoreArgs;
  /** What made it, and is the parent of the databases on it. */
  readonly component: ComponentResource;
}

/** Certificates in PEM, under a key of a Secret in the clients' namespace. */
export interface CertificateAuthority {
  /**
   * Name of the Secret.
   *
   * @example "postgres-ca"
   */
  secretName: Input<string>;
  /**
   * Key within it.
   *
   * @example "ca.crt"
   */
  key: string;
}

/** What a server is made from, whatever form it has. */
export interface PostgresFormArgs {
  /** Namespace of the clients. */
  readonly namespace: Input<string>;
  /** Names of the services that may connect. */
  readonly clients: string[];
  /** Password of the administrator. */
  readonly adminPassword: Input<string>;
  /** Most connections at one time, over all services. */
  readonly maxConnections: number;
}

/**
 * Makes a server of one form.
 *
 * @param name Name of the server, such as `postgres`.
 */
export type PostgresForm = (
  name: string,
  args: PostgresFormArgs,
  parent: ComponentResource,
) => PostgresEndpoint;
