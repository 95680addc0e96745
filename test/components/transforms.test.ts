/** Children that a component makes in many places are changed by their kind. */

import type { ComponentResourceOptions } from "@pulumi/pulumi";
import { expect, test } from "vitest";
import { PostgresBackup } from "../../components/backup/postgres-backup.ts";
import { EksDefaults } from "../../components/clusters/eks/defaults.ts";
import { EksPodIdentity } from "../../components/clusters/eks/pod-identity.ts";
import { BackupBucket } from "../../components/managed/backup-bucket.ts";
import { RedisExporter, type RedisExporterOptions } from "../../components/monitoring/redis-exporter.ts";
import { ReplicatedPostgres } from "../../components/postgres/replicated.ts";
import { make } from "./support.ts";

const metadata = { annotations: { team: "data" } };

test("a kind of children is changed, all of them, and no other", async () => {
  const made = await make(() => {
    new PostgresBackup(
      "postgres",
      {
        namespace: "shop",
        image: "postgres:17",
        databases: ["order"],
        adminSecret: "postgres-admin",
        password: "pw",
        storage: "1Gi",
      },
      {
        transform: {
          cronJob: (built) => ({ ...built, metadata: { ...built.metadata, ...metadata } }),
        },
      },
    );
  });
  expect(made.all("CronJob").map((job) => job.metadata.annotations)).toEqual([
    metadata.annotations,
    metadata.annotations,
  ]);
  expect(made.all("CronJob").every((job) => job.metadata.namespace === "shop")).toBe(true);
  expect(made.one("Job").metadata.annotations).not.toEqual(metadata.annotations);
});

test("so is what an operator makes servers from", async () => {
  const { resources } = await make(() => {
    new ReplicatedPostgres(
      "postgres",
      { namespace: "shop", image: "postgresql:17", storage: "20Gi", clients: ["order"], adminPassword: "pw" },
      {
        transform: {
          postgresCluster: (built) => ({ ...built, metadata: { ...built.metadata, ...metadata } }),
        },
      },
    );
  });
  const cluster = resources.find(({ type }) => type.endsWith(":Cluster"));
  expect(cluster?.inputs).toMatchObject({ metadata: { name: "postgres", ...metadata } });
});

test("so are children of children, and what a cloud is asked for", async () => {
  const { resources } = await make(() => {
    new EksPodIdentity(
      "backup",
      { clusterName: "shop", namespace: "shop", serviceAccount: "backup" },
      { transform: { role: (built) => ({ ...built, maxSessionDuration: 7200 }) } },
    );
    new BackupBucket(
      "backups",
      { bucket: "shop-backups" },
      { transform: { bucket: (built) => ({ ...built, tags: { team: "data" } }) } },
    );
    new EksDefaults(
      "shop",
      {},
      { transform: { storageClass: (built) => ({ ...built, reclaimPolicy: "Retain" }) } },
    );
  });
  const inputs = (type: string) => resources.find((resource) => resource.type.endsWith(`:${type}`))?.inputs;
  expect(inputs("Role")).toMatchObject({ maxSessionDuration: 7200 });
  expect(inputs("Bucket")).toMatchObject({ tags: { team: "data" }, bucket: "shop-backups" });
  expect(inputs("StorageClass")).toMatchObject({ reclaimPolicy: "Retain" });
});

test("options that Pulumi knows keep their meaning, its own transformations among them", async () => {
  const exporter = (options: RedisExporterOptions & ComponentResourceOptions) =>
    make(() => {
      const args = {
        namespace: "shop",
        image: "redis_exporter:1",
        servers: ["redis://redis-0"],
        password: "pw",
      };
      new RedisExporter(
        "redis-exporter",
        { ...args, store: { name: "redis", ports: [6379] }, monitoringNamespace: "monitoring" },
        options,
      );
    });
  const untouched = await exporter({});
  const made = await exporter({
    transform: { deployment: (built) => ({ ...built, metadata: { ...built.metadata, ...metadata } }) },
    transformations: [
      ({ type, props, opts }) =>
        type.endsWith(":Secret") ? { props: { ...props, immutable: true }, opts } : undefined,
    ],
  });
  expect(made.urns).toEqual(untouched.urns);
  expect(made.one("Deployment").metadata.annotations).toEqual(metadata.annotations);
  expect(made.one("Secret").immutable).toBe(true);
});
