import type { Input } from "@pulumi/pulumi";
import type { Resources } from "../../services/description.ts";
import type { PodSpec, Volume, VolumeMount } from "../kubernetes.ts";
import { type ClientServer, clientPod } from "../postgres/client-pod.ts";
import { ADMIN_PASSWORD_KEY } from "../postgres/names.ts";
import type { PostgresBackupArgs } from "./args.ts";
import { BACKUP_SCRIPT } from "./backup-script.ts";
import { copyContainer } from "./bucket.ts";
import { DOWNLOAD_SCRIPT, UPLOAD_SCRIPT } from "./bucket-scripts.ts";
import { BACKUP_ROLE, BACKUPS } from "./names.ts";
import { RESTORE_SCRIPT } from "./restore-script.ts";
import { ROLE_SCRIPT } from "./role-script.ts";

/** What the pods of one backup share. */
export interface BackupParts {
  readonly server: string;
  readonly args: PostgresBackupArgs;
  /** Secret of the role that backups are made with. */
  readonly secret: Input<string>;
  readonly account: Input<string>;
  /** Claim of the volume that holds the backups; undefined where a bucket does. */
  readonly claim: Input<string> | undefined;
}

/** One dump of each database at the same time, and next to nothing else. */
const BACKUP_RESOURCES: Resources = {
  cpu: { request: "50m", limit: "1" },
  memory: { request: "64Mi", limit: "512Mi" },
};
const SMALL_RESOURCES: Resources = {
  cpu: { request: "10m", limit: "500m" },
  memory: { request: "32Mi", limit: "128Mi" },
};
const MOUNT: VolumeMount = { name: "backups", mountPath: BACKUPS };
const TMP: VolumeMount = { name: "tmp", mountPath: "/tmp" };

/** Makes the role that backups are made with. */
export function rolePod({ server, args, secret }: BackupParts): PodSpec {
  return clientPod({
    name: "role",
    image: args.image,
    script: ROLE_SCRIPT,
    server: serverOf(server, args),
    user: args.adminUser ?? "postgres",
    environment: { PGDATABASE: "postgres", ROLE: BACKUP_ROLE, DATABASES: args.databases.join(" ") },
    secrets: [adminPassword(args), { name: secret, key: "verifier", file: "verifier" }],
    resources: SMALL_RESOURCES,
  });
}

/** Makes a backup, and brings it to the bucket where there is one. */
export function backupPod(parts: BackupParts): PodSpec {
  const { server, args, secret, account, claim } = parts;
  const { bucket } = args;
  const keep = args.keep ?? 7;
  const pod = clientPod({
    name: "backup",
    image: args.image,
    script: BACKUP_SCRIPT,
    server: serverOf(server, args),
    user: BACKUP_ROLE,
    environment: { PGDATABASE: "postgres", DATABASES: args.databases.join(" "), KEEP: String(keep) },
    secrets: [{ name: secret, key: "password", file: "password" }],
    resources: BACKUP_RESOURCES,
    volumes: [volume(args, claim)],
    mounts: [MOUNT],
    serviceAccount: account,
  });
  if (bucket === undefined) return pod;
  const upload = copyContainer(
    "upload",
    UPLOAD_SCRIPT,
    bucket,
    [{ name: "KEEP", value: String(keep) }],
    [MOUNT, TMP],
  );
  return { ...pod, initContainers: pod.containers, containers: [upload] };
}

/** Lists backups and restores one; who makes a Job of it says which by the variables `ACTION` and `BACKUP`. */
export function restorePod({ server, args, account, claim }: BackupParts): PodSpec {
  const { bucket } = args;
  return {
    ...clientPod({
      name: "restore",
      image: args.image,
      script: RESTORE_SCRIPT,
      server: serverOf(server, args),
      user: args.adminUser ?? "postgres",
      environment: {
        PGDATABASE: "postgres",
        DATABASES: args.databases.join(" "),
        READER: BACKUP_ROLE,
        ACTION: "list",
        BACKUP: "",
      },
      secrets: [adminPassword(args)],
      resources: BACKUP_RESOURCES,
      volumes: [volume(args, claim)],
      mounts: [MOUNT],
      serviceAccount: account,
      ...(bucket === undefined
        ? {}
        : {
            before: [
              copyContainer(
                "download",
                DOWNLOAD_SCRIPT,
                bucket,
                [
                  { name: "ACTION", value: "list" },
                  { name: "BACKUP", value: "" },
                ],
                [MOUNT, TMP],
              ),
            ],
          }),
    }),
    // A step that fails is told at once; whoever asked for it decides whether to try again.
    restartPolicy: "Never",
  };
}

function serverOf(server: string, { host, port, authority }: PostgresBackupArgs): ClientServer {
  return {
    host: host ?? server,
    ...(port === undefined ? {} : { port }),
    ...(authority === undefined ? {} : { authority }),
  };
}

const adminPassword = ({ adminSecret }: PostgresBackupArgs) => ({
  name: adminSecret,
  key: ADMIN_PASSWORD_KEY,
  file: "admin-password",
});

/** The volume that holds the backups, or one that lives as long as the pod. */
function volume(args: PostgresBackupArgs, claim: Input<string> | undefined): Volume {
  if (claim !== undefined) return { name: MOUNT.name, persistentVolumeClaim: { claimName: claim } };
  const spec = {
    accessModes: ["ReadWriteOnce"],
    ...(args.storageClass === undefined ? {} : { storageClassName: args.storageClass }),
    resources: { requests: { storage: args.storage } },
  };
  return { name: MOUNT.name, ephemeral: { volumeClaimTemplate: { spec } } };
}
