import * as pulumi from "@pulumi/pulumi";
import type { Resources } from "../../services/description.ts";
import { type ChildOptions, childOptions } from "../child-transforms.ts";
import { CustomResource, NetworkPolicy, Secret } from "../kubernetes.ts";
import { labels } from "../labels.ts";
import { allowDns, allowFrom, allowTo, namespace as everyPodOf, pods } from "../network-policy/rules.ts";
import { containerResources, type StoreBaseArgs } from "../stateful.ts";
import {
  authoritySecret,
  type ClusterSpec,
  CNPG_API,
  CNPG_CLUSTER,
  CNPG_METRICS_PORT,
  CNPG_STATUS_PORT,
  primaryService,
} from "./cnpg.ts";
import { clientRules, serverSettings } from "./configuration.ts";
import type { CertificateAuthority } from "./endpoint.ts";
import { ADMIN_PASSWORD_KEY, POSTGRES_PORT } from "./names.ts";
import { provisionerPolicy } from "./provisioner.ts";

/** What a {@link ReplicatedPostgres} is made from. Its name is also that of the operator's Cluster. */
export interface ReplicatedPostgresArgs extends StoreBaseArgs {
  /**
   * Password of the administrator `postgres`, which provisioning and restoring use.
   *
   * @example config.requireSecret("password")
   */
  adminPassword: pulumi.Input<string>;
  /**
   * Servers: a primary and standbys, of which one has written each commit before it counts. With 3, one may be away
   * and nothing waits.
   *
   * @default 3
   */
  instances?: number;
  /**
   * Most connections at one time, over all services.
   *
   * @default 300
   */
  maxConnections?: number;
  /**
   * What one server requests and may use at the most.
   *
   * @default 250m to 2 CPUs, 512Mi to 1Gi
   */
  resources?: Resources;
  /**
   * Namespace of the CloudNativePG operator, which has to be installed.
   *
   * @default "cnpg-system"
   */
  operatorNamespace?: string;
  /**
   * Addresses that the Kubernetes API may have: each server keeps its state there.
   *
   * @default ["0.0.0.0/0"]
   * @example ["10.0.0.0/16"]
   */
  apiServerCidrs?: string[];
}

const DEFAULT_RESOURCES: Resources = {
  cpu: { request: "250m", limit: "2" },
  memory: { request: "512Mi", limit: "1Gi" },
};
/** Ports of the Kubernetes API: that of its Service, and that of the server behind it. */
const API_SERVER_PORTS = [443, 6443];

/** Options of a {@link ReplicatedPostgres} in TypeScript programs. */
export type ReplicatedPostgresOptions = ChildOptions<"postgresCluster" | "networkPolicy" | "secret">;

/**
 * PostgreSQL on several servers with a volume each, run by the CloudNativePG operator: a commit is on two of them
 * before it counts, and when the primary is lost a standby takes over.
 *
 * @example
 * new ReplicatedPostgres("postgres", {
 *   namespace: "shop", image: "ghcr.io/cloudnative-pg/postgresql:17.6-minimal-bookworm", storage: "20Gi",
 *   clients: ["order"], adminPassword: config.requireSecret("adminPassword"),
 * });
 */
export class ReplicatedPostgres extends pulumi.ComponentResource {
  /** Host name of whichever server is the primary. */
  readonly host: pulumi.Output<string>;
  /** Name of the Secret that holds the administrator's password. */
  readonly adminSecret: pulumi.Output<string>;
  /** Authority that signs the servers' certificates; they take encrypted connections only. */
  readonly authority: CertificateAuthority;
  /** Labels that its pods are told by. */
  readonly podLabels: Record<string, string>;

  constructor(name: string, args: ReplicatedPostgresArgs, options?: ReplicatedPostgresOptions) {
    // Not the arguments: they hold credentials, and a component's inputs are kept in the state.
    super("tradestack:index:ReplicatedPostgres", name, {}, childOptions(options));
    const { namespace } = args;
    const metadata = { name, namespace, labels: labels(name, "database") };
    this.podLabels = { [CNPG_CLUSTER]: name };
    this.authority = { secretName: authoritySecret(name), key: "ca.crt" };

    const store = { name, ports: [POSTGRES_PORT], podLabels: this.podLabels };
    provisionerPolicy(this, store, namespace);
    const policy = this.#policy(name, args);
    const secret = new Secret(
      `${name}-admin`,
      {
        // The operator takes a new password over at once.
        metadata: {
          ...metadata,
          name: `${name}-admin`,
          labels: { ...metadata.labels, "cnpg.io/reload": "true" },
        },
        type: "kubernetes.io/basic-auth",
        stringData: { username: "postgres", [ADMIN_PASSWORD_KEY]: args.adminPassword },
      },
      { parent: this },
    );
    const cluster = new CustomResource(
      `${name}-cluster`,
      { apiVersion: CNPG_API, kind: "Cluster", metadata, spec: this.#spec(args, secret.metadata.name) },
      {
        parent: this,
        dependsOn: [policy],
        // With a Cluster the operator deletes its volumes.
        retainOnDelete: true,
        ...(args.protect === undefined ? {} : { protect: args.protect }),
        customTimeouts: { create: "20m", update: "20m" },
      },
    );
    this.host = cluster.metadata.name.apply(primaryService);
    this.adminSecret = secret.metadata.name;
    this.registerOutputs({ host: this.host, adminSecret: this.adminSecret, authority: this.authority });
  }

  #spec(args: ReplicatedPostgresArgs, adminSecret: pulumi.Input<string>): ClusterSpec {
    const resources = args.resources ?? DEFAULT_RESOURCES;
    return {
      instances: args.instances ?? 3,
      imageName: args.image,
      imagePullPolicy: "IfNotPresent",
      enableSuperuserAccess: true,
      superuserSecret: { name: adminSecret },
      postgresql: {
        parameters: serverSettings(resources.memory.limit, args.maxConnections ?? 300),
        // The operator's own last line would let every role into every database.
        pg_hba: [...clientRules("hostssl"), "host all all all reject"],
        synchronous: { method: "any", number: 1, dataDurability: "required" },
      },
      storage: {
        size: args.storage,
        ...(args.storageClass === undefined ? {} : { storageClass: args.storageClass }),
      },
      resources: containerResources(resources),
      affinity: {
        enablePodAntiAffinity: true,
        topologyKey: "kubernetes.io/hostname",
        podAntiAffinityType: "preferred",
      },
      topologySpreadConstraints: [
        {
          maxSkew: 1,
          topologyKey: "topology.kubernetes.io/zone",
          whenUnsatisfiable: "ScheduleAnyway",
          labelSelector: { matchLabels: this.podLabels },
        },
      ],
      enablePDB: true,
      primaryUpdateStrategy: "unsupervised",
      primaryUpdateMethod: "switchover",
      inheritedMetadata: { labels: { "app.kubernetes.io/part-of": "tradestack" } },
    };
  }

  /** In: clients, the operator, monitoring, each other. Out: each other, DNS, and the Kubernetes API. */
  #policy(name: string, args: ReplicatedPostgresArgs): NetworkPolicy {
    const self = [{ podSelector: { matchLabels: this.podLabels } }];
    const ports = [POSTGRES_PORT, CNPG_STATUS_PORT];
    const operator = [everyPodOf(args.operatorNamespace ?? "cnpg-system")];
    const monitoring = args.monitoringNamespace === undefined ? [] : [everyPodOf(args.monitoringNamespace)];
    const api = (args.apiServerCidrs ?? ["0.0.0.0/0"]).map((cidr) => ({ ipBlock: { cidr } }));
    return new NetworkPolicy(
      `${name}-policy`,
      {
        metadata: { name, namespace: args.namespace, labels: labels(name, "database") },
        spec: {
          podSelector: { matchLabels: this.podLabels },
          policyTypes: ["Ingress", "Egress"],
          ingress: [
            ...allowFrom(args.clients.map(pods), [POSTGRES_PORT]),
            ...allowFrom([...self, ...operator], ports),
            ...allowFrom(monitoring, [CNPG_METRICS_PORT]),
          ],
          egress: [allowDns, ...allowTo(self, ports), ...allowTo(api, API_SERVER_PORTS)],
        },
      },
      { parent: this },
    );
  }
}
