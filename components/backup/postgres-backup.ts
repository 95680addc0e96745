import * as pulumi from "@pulumi/pulumi";
import { checksum } from "../checksum.ts";
import { type ChildOptions, childOptions } from "../child-transforms.ts";
import { scramSha256 } from "../credentials.ts";
import { CronJob, Job, PersistentVolumeClaim, Secret } from "../kubernetes.ts";
import { labels, NOT_AWAITED } from "../labels.ts";
import { POSTGRES_PORT } from "../postgres/names.ts";
import { jobPolicies } from "../postgres/provisioner.ts";
import { tokenlessAccount } from "../stateful.ts";
import type { PostgresBackupArgs } from "./args.ts";
import { bucketEgress } from "./bucket.ts";
import { BACKUP_ROLE, backupName, restoreJobName } from "./names.ts";
import { backupPod, restorePod, rolePod } from "./pods.ts";
import { ROLE_SCRIPT } from "./role-script.ts";

/** Never, as far as CronJobs go: Jobs are made from this one by hand. */
const NEVER = "0 0 31 2 *";
/** Seconds that a backup or one step of a restore may take. */
const LONGEST = 21_600;
/** Seconds for which a Job that is done stays to be seen: until the next night, so that a failure is of the last one. */
const TOLD = 86_400;

/** Options of a {@link PostgresBackup} in TypeScript programs. */
export type PostgresBackupOptions = ChildOptions<
  "cronJob" | "job" | "networkPolicy" | "persistentVolumeClaim" | "secret" | "serviceAccount"
>;

/**
 * Saves the databases of a server, each by itself, and brings them back. Its name is that of the server.
 *
 * @example
 * new PostgresBackup("postgres", {
 *   namespace: "shop", image: "docker.io/library/postgres:17.6-bookworm", databases: ["order"],
 *   adminSecret: server.adminSecret, password: config.requireSecret("backupPassword"), storage: "10Gi",
 * });
 */
export class PostgresBackup extends pulumi.ComponentResource {
  /** Name of the CronJob that makes backups. */
  readonly backupJob: pulumi.Output<string>;
  /** Name of the CronJob, never run by itself, that Jobs which list and restore backups are made from. */
  readonly restoreJob: pulumi.Output<string>;

  constructor(name: string, args: PostgresBackupArgs, options?: PostgresBackupOptions) {
    // Not the arguments: they hold credentials, and a component's inputs are kept in the state.
    super("tradestack:index:PostgresBackup", name, {}, childOptions(options));
    const child = { parent: this };
    const { namespace } = args;
    const pods = backupName(name);
    const metadata = { name: pods, namespace, labels: labels(pods, "backup") };

    const account = tokenlessAccount(this, pods, "backup", namespace);
    const store = { name, ports: [args.port ?? POSTGRES_PORT], ...args.location };
    jobPolicies(this, pods, "backup", store, namespace, args.bucket === undefined ? [] : bucketEgress);
    const secret = new Secret(
      `${pods}-access`,
      {
        metadata: { ...metadata, name: `${pods}-access` },
        stringData: {
          password: args.password,
          verifier: pulumi.secret(
            pulumi.output(args.password).apply((password) => scramSha256(password, BACKUP_ROLE)),
          ),
        },
      },
      child,
    );
    const claim = args.bucket === undefined ? this.#claim(pods, args) : undefined;
    const parts = {
      server: name,
      args,
      secret: secret.metadata.name,
      account: account.metadata.name,
      claim: claim?.metadata.name,
    };

    // A Job cannot be changed: another specification is another Job.
    const { databases } = args;
    const hash = pulumi
      .output(args.image)
      .apply((image) => checksum([ROLE_SCRIPT, image, databases, args.revision ?? ""]).slice(0, 8));
    const role = new Job(
      `${pods}-role`,
      {
        metadata: { ...metadata, name: pulumi.interpolate`${pods}-role-${hash}` },
        spec: {
          backoffLimit: 4,
          activeDeadlineSeconds: 600,
          template: { metadata: { labels: labels(pods, "backup") }, spec: rolePod(parts) },
        },
      },
      { ...child, customTimeouts: { create: "10m" } },
    );
    const history = { successfulJobsHistoryLimit: 3, failedJobsHistoryLimit: 3 };
    const backup = new CronJob(
      pods,
      {
        metadata,
        spec: {
          schedule: args.schedule ?? "17 3 * * *",
          timeZone: "Etc/UTC",
          concurrencyPolicy: "Forbid",
          // A cluster that was away at that time catches up for half a day.
          startingDeadlineSeconds: 43_200,
          ...history,
          jobTemplate: {
            metadata: { labels: labels(pods, "backup") },
            spec: {
              backoffLimit: 3,
              activeDeadlineSeconds: LONGEST,
              ttlSecondsAfterFinished: TOLD,
              template: { metadata: { labels: labels(pods, "backup") }, spec: backupPod(parts) },
            },
          },
        },
      },
      { ...child, dependsOn: [role] },
    );
    const restore = new CronJob(
      restoreJobName(name),
      {
        metadata: { ...metadata, name: restoreJobName(name) },
        spec: {
          schedule: NEVER,
          suspend: true,
          concurrencyPolicy: "Forbid",
          ...history,
          jobTemplate: {
            metadata: { labels: labels(pods, "backup") },
            spec: {
              backoffLimit: 0,
              activeDeadlineSeconds: LONGEST,
              ttlSecondsAfterFinished: TOLD,
              template: { metadata: { labels: labels(pods, "backup") }, spec: restorePod(parts) },
            },
          },
        },
      },
      { ...child, dependsOn: [role] },
    );
    this.backupJob = backup.metadata.name;
    this.restoreJob = restore.metadata.name;
    this.registerOutputs({ backupJob: this.backupJob, restoreJob: this.restoreJob });
  }

  #claim(pods: string, args: PostgresBackupArgs): PersistentVolumeClaim {
    return new PersistentVolumeClaim(
      `${pods}-volume`,
      {
        metadata: {
          name: pods,
          namespace: args.namespace,
          labels: labels(pods, "backup"),
          // Many classes make a volume only for the first pod that uses it.
          annotations: NOT_AWAITED,
        },
        spec: {
          accessModes: ["ReadWriteOnce"],
          ...(args.storageClass === undefined ? {} : { storageClassName: args.storageClass }),
          resources: { requests: { storage: args.storage } },
        },
      },
      // Backups outlive what they are of; and no change of the program may replace them unasked.
      { parent: this, retainOnDelete: true, protect: args.protect ?? true },
    );
  }
}
