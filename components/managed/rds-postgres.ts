import type { InstanceArgs } from "@pulumi/aws/rds/instance.js";
import type { ParameterGroupArgs } from "@pulumi/aws/rds/parameterGroup.js";
import * as pulumi from "@pulumi/pulumi";
import { RDS_POSTGRES_VERSION } from "../../versions.ts";
import {
  Key,
  RdsInstance,
  RdsParameterGroup,
  RdsSubnetGroup,
  SecurityGroup,
  SecurityGroupIngressRule,
} from "../aws.ts";
import { Secret } from "../kubernetes.ts";
import { labels } from "../labels.ts";
import { ADMIN_PASSWORD_KEY, POSTGRES_PORT } from "../postgres/names.ts";
import { provisionerPolicy } from "../postgres/provisioner.ts";
import { type Transform, transformed } from "../transform.ts";
import { checkConnections } from "./instance-class.ts";

/** What an {@link RdsPostgres} is made from. Its name is that of its Kubernetes objects. */
export interface RdsPostgresArgs {
  /**
   * Name of the instance, of which an account has one in a region.
   *
   * @example "tradestack-prod-postgres"
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
   * @example "vpc-0123456789abcdef0"
   */
  vpcId: pulumi.Input<string>;
  /**
   * Subnets in at least two availability zones.
   *
   * @example ["subnet-0123456789abcdef0", "subnet-0fedcba9876543210"]
   */
  subnetIds: pulumi.Input<pulumi.Input<string>[]>;
  /**
   * Ranges of the subnets, for the policies of pods.
   *
   * @example ["10.20.0.0/20", "10.20.16.0/20"]
   */
  subnetCidrs: string[];
  /**
   * Security group of the nodes, which alone get in.
   *
   * @example "sg-0123456789abcdef0"
   */
  clientSecurityGroupId: pulumi.Input<string>;
  /**
   * Authorities that sign certificates of RDS, in PEM.
   *
   * @example readFileSync("global-bundle.pem", "utf8")
   */
  authority: pulumi.Input<string>;
  /**
   * Password of the administrator `postgres`, which only provisioning and backups use.
   *
   * @example config.requireSecret("password")
   */
  adminPassword: pulumi.Input<string>;
  /**
   * Most connections at one time, over all services.
   *
   * @example 200
   */
  maxConnections: number;
  /**
   * Class of the instance.
   *
   * @default "db.m7g.large"
   */
  instanceClass?: string;
  /**
   * Size of its volume in GiB.
   *
   * @default 20
   */
  storageGiB?: number;
  /**
   * Size in GiB that the volume grows to by itself when it is full.
   *
   * @default five times the size that it begins with
   * @example 200
   */
  maxStorageGiB?: number;
  /**
   * Whether a standby in another zone takes over when the instance is lost.
   *
   * @default true
   */
  multiAz?: boolean;
  /**
   * Days that every moment of which can be restored, 1 to 35.
   *
   * @default 14
   */
  backupDays?: number;
  /**
   * Whether AWS and Pulumi refuse to delete it.
   *
   * @default true
   */
  deletionProtection?: boolean;
}

/** Options of an {@link RdsPostgres} in TypeScript programs. */
export interface RdsPostgresOptions extends pulumi.ComponentResourceOptions {
  /**
   * Changes single children where the arguments do not reach.
   *
   * @default {} (nothing is changed)
   * @example { instance: (built) => ({ ...built, backupWindow: "04:00-05:00" }) }
   */
  transform?: { instance?: Transform<InstanceArgs>; parameterGroup?: Transform<ParameterGroupArgs> };
}

const ADMIN = "postgres";
const AUTHORITY_KEY = "ca.pem";

/**
 * A PostgreSQL server at Amazon RDS, beside the cluster: encrypted where it is stored and on the way, reached by the
 * nodes only. Databases and their owners come from {@link PostgresDatabase}. It needs providers of AWS and Kubernetes.
 *
 * @example
 * new RdsPostgres("postgres", {
 *   identifier: "shop-postgres", namespace: "shop", vpcId: cluster.vpcId, subnetIds: cluster.dataSubnetIds,
 *   subnetCidrs: ["10.0.224.0/22", "10.0.228.0/22"], clientSecurityGroupId: cluster.nodeSecurityGroupId,
 *   authority: readFileSync("eu-central-1-bundle.pem", "utf8"), adminPassword: config.requireSecret("adminPassword"),
 *   maxConnections: 300,
 * }, { providers: [aws, kubernetes] });
 */
export class RdsPostgres extends pulumi.ComponentResource {
  /** Host name that takes writes, the same after a failover. */
  readonly host: pulumi.Output<string>;
  /** Name of the Secret that holds the administrator's password. */
  readonly adminSecret: pulumi.Output<string>;
  /** Name of the Secret that holds the authority of the server's certificate, as `ca.pem`. */
  readonly authoritySecret: pulumi.Output<string>;

  constructor(name: string, args: RdsPostgresArgs, options: RdsPostgresOptions = {}) {
    const { transform = {}, ...opts } = options;
    // Not the arguments: they hold credentials, and a component's inputs are kept in the state.
    super("tradestack:index:RdsPostgres", name, {}, opts);
    const child = { parent: this };
    const { namespace, identifier } = args;
    const instanceClass = args.instanceClass ?? "db.m7g.large";
    checkConnections("instanceClass", instanceClass, args.maxConnections);
    const protect = args.deletionProtection ?? true;
    const storage = args.storageGiB ?? 20;

    const key = new Key(
      `${name}-key`,
      { description: `Data of ${identifier}`, enableKeyRotation: true, deletionWindowInDays: 30 },
      // Without the key nobody reads the data or a snapshot of it again.
      { parent: this, retainOnDelete: true },
    );
    const subnets = new RdsSubnetGroup(
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
        fromPort: POSTGRES_PORT,
        toPort: POSTGRES_PORT,
      },
      child,
    );
    const parameters = new RdsParameterGroup(
      `${name}-parameters`,
      transformed(
        {
          family: `postgres${RDS_POSTGRES_VERSION}`,
          description: `Settings of ${identifier}`,
          parameters: serverParameters(args.maxConnections),
        },
        transform.parameterGroup,
      ),
      child,
    );
    const instance = new RdsInstance(
      `${name}-instance`,
      transformed(
        {
          identifier,
          engine: "postgres",
          engineVersion: RDS_POSTGRES_VERSION,
          autoMinorVersionUpgrade: true,
          allowMajorVersionUpgrade: false,
          instanceClass,
          multiAz: args.multiAz ?? true,
          storageType: "gp3",
          allocatedStorage: storage,
          maxAllocatedStorage: args.maxStorageGiB ?? storage * 5,
          storageEncrypted: true,
          kmsKeyId: key.arn,
          username: ADMIN,
          password: pulumi.secret(args.adminPassword),
          dbSubnetGroupName: subnets.name,
          vpcSecurityGroupIds: [firewall.id],
          parameterGroupName: parameters.name,
          publiclyAccessible: false,
          // In UTC, one after the other, when few people buy.
          backupWindow: "02:00-03:00",
          maintenanceWindow: "sun:03:30-sun:04:30",
          backupRetentionPeriod: args.backupDays ?? 14,
          deleteAutomatedBackups: false,
          copyTagsToSnapshot: true,
          skipFinalSnapshot: false,
          finalSnapshotIdentifier: `${identifier}-final`,
          deletionProtection: protect,
          performanceInsightsEnabled: true,
          performanceInsightsKmsKeyId: key.arn,
          enabledCloudwatchLogsExports: ["postgresql", "upgrade"],
          tags: { Name: identifier },
        },
        transform.instance,
      ),
      {
        parent: this,
        protect,
        dependsOn: [entry],
        customTimeouts: { create: "60m", update: "120m", delete: "60m" },
      },
    );

    const metadata = (secret: string) => ({ name: secret, namespace, labels: labels(name, "database") });
    const admin = new Secret(
      `${name}-admin`,
      {
        metadata: metadata(`${name}-admin`),
        stringData: { [ADMIN_PASSWORD_KEY]: pulumi.secret(args.adminPassword) },
      },
      child,
    );
    const authority = new Secret(
      `${name}-authority`,
      { metadata: metadata(`${name}-authority`), stringData: { [AUTHORITY_KEY]: args.authority } },
      child,
    );
    provisionerPolicy(this, { name, ports: [POSTGRES_PORT], cidrs: args.subnetCidrs }, namespace);

    this.host = instance.address;
    this.adminSecret = admin.metadata.name;
    this.authoritySecret = authority.metadata.name;
    this.registerOutputs({
      host: this.host,
      adminSecret: this.adminSecret,
      authoritySecret: this.authoritySecret,
    });
  }
}

/** Settings of the server that are not those of RDS. The first two count from its next start on. */
function serverParameters(maxConnections: number) {
  return [
    { name: "rds.force_ssl", value: "1", applyMethod: "pending-reboot" },
    { name: "max_connections", value: String(maxConnections), applyMethod: "pending-reboot" },
    { name: "idle_in_transaction_session_timeout", value: "60000" },
    { name: "log_min_duration_statement", value: "1000" },
    { name: "log_lock_waits", value: "1" },
  ];
}
