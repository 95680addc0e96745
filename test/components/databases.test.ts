import * as pulumi from "@pulumi/pulumi";
import { beforeAll, describe, expect, test } from "vitest";
import type { PostgresBackupArgs } from "../../components/backup/args.ts";
import { PostgresBackup } from "../../components/backup/postgres-backup.ts";
import { KeyRing } from "../../components/credentials.ts";
import { Platform } from "../../components/platform/platform.ts";
import { postgresForm } from "../../components/platform/postgres.ts";
import { PostgresDatabase } from "../../components/postgres/database.ts";
import type { PostgresForm } from "../../components/postgres/endpoint.ts";
import { services } from "../../services/index.ts";
import { parseSettings } from "../../settings.ts";
import { containersOf, type Made, make } from "./support.ts";

const images = {
  service: (name: string) => `registry.example.com/${name}:1`,
  thirdParty: (name: string) => `docker.io/library/${name}:1`,
};
const keys = new KeyRing(Buffer.alloc(32, 7).toString("base64"));
const staging = { environment: "staging", cluster: { kind: "existing", context: "shop" } };
const platform = (changes: object, postgres?: PostgresForm, opts?: pulumi.ComponentResourceOptions) =>
  make(() => {
    const settings = parseSettings({ ...staging, ...changes }, "staging", {});
    const args = {
      settings,
      services: services.filter(({ name }) => ["payment", "gateway", "cart"].includes(name)),
      images,
      keys,
      ...(postgres === undefined ? {} : { managed: { postgres } }),
    };
    new Platform("tradestack", args, opts);
  });
const policy = (made: Made, name: string) => made.one("NetworkPolicy", name).spec;
const cluster = (made: Made) => made.resources.find(({ type }) => type.endsWith(":Cluster"))?.inputs;
const url = (made: Made) => made.one("Secret", "payment-database").stringData.url;
const variables = (made: Made, job: string) =>
  Object.fromEntries(
    made
      .pods()
      .filter(({ owner }) => owner.startsWith(job))
      .flatMap(containersOf)
      .flatMap(({ env }) => env.map(({ name, value }) => [name, value])),
  );

describe("three servers", () => {
  let made: Made;
  beforeAll(async () => {
    made = await platform({ postgres: { kind: "replicated", storage: "20Gi" } });
  });

  test("have each commit on two of them, and stand on different nodes and in different zones", () => {
    expect(cluster(made)).toMatchObject({
      apiVersion: "postgresql.cnpg.io/v1",
      metadata: { name: "postgres", namespace: "tradestack-staging" },
      spec: {
        instances: 3,
        imageName: "docker.io/library/cnpg-postgres:1",
        enablePDB: true,
        storage: { size: "20Gi" },
        superuserSecret: { name: "postgres-admin" },
        postgresql: { synchronous: { method: "any", number: 1, dataDurability: "required" } },
        affinity: { topologyKey: "kubernetes.io/hostname" },
      },
    });
    expect(made.one("Secret", "postgres-admin").stringData).toMatchObject({ username: "postgres" });
    expect(made.all("StatefulSet").map(({ metadata }) => metadata.name)).not.toContain("postgres");
  });

  test("let nobody in without encryption, nor into another's database", () => {
    const rules: string[] = cluster(made)?.spec.postgresql.pg_hba;
    expect(rules.at(-1)).toBe("host all all all reject");
    expect(rules.slice(0, -1).every((rule) => rule.startsWith("hostssl "))).toBe(true);
    expect(url(made)).toMatch(
      /@postgres-rw:5432\/payment\?sslmode=verify-full&sslrootcert=\/run\/secrets\/tradestack\/database-authority$/,
    );
    const volumes = made.pods().find(({ owner }) => owner === "payment")?.spec.volumes;
    expect(JSON.stringify(volumes)).toContain('"name":"postgres-ca"');
    expect(variables(made, "postgres-payment")).toMatchObject({
      PGHOST: "postgres-rw",
      PGSSLMODE: "verify-full",
    });
  });

  test("are found by the operator's label, and reach each other and the Kubernetes API", () => {
    const podSelector = { matchLabels: { "cnpg.io/cluster": "postgres" } };
    expect(policy(made, "payment").egress).toContainEqual({
      to: [{ podSelector }],
      ports: [{ protocol: "TCP", port: 5432 }],
    });
    expect(policy(made, "postgres-backup-entry").podSelector).toEqual(podSelector);
    const own = policy(made, "postgres");
    expect(own.podSelector).toEqual(podSelector);
    const ports = (rules: typeof own.egress) => rules.flatMap((rule) => rule.ports.map(({ port }) => port));
    expect(ports(own.egress)).toEqual(expect.arrayContaining([5432, 8000, 443, 6443]));
    expect(JSON.stringify(own.ingress)).toContain("cnpg-system");
  });
});

describe("a server outside of the cluster", () => {
  const outside: PostgresForm = (name, _args, parent) => ({
    name,
    host: "db.example.com",
    port: 5433,
    adminUser: "master",
    adminSecret: "db-admin",
    authority: { secretName: "db-ca", key: "bundle.pem" },
    store: { name, ports: [5433], cidrs: ["10.20.0.0/16", "10.21.0.0/16"] },
    component: parent,
  });

  test("is reached by its addresses, by its administrator and with its authority", async () => {
    const made = await platform({ postgres: { kind: "rds" }, backups: { to: "volume" } }, outside);
    for (const name of ["payment", "postgres-backup"]) {
      expect(policy(made, name).egress, name).toContainEqual({
        to: [{ ipBlock: { cidr: "10.20.0.0/16" } }, { ipBlock: { cidr: "10.21.0.0/16" } }],
        ports: [{ protocol: "TCP", port: 5433 }],
      });
    }
    expect(made.all("NetworkPolicy").map(({ metadata }) => metadata.name)).not.toContain(
      "postgres-backup-entry",
    );
    expect(url(made)).toContain("@db.example.com:5433/payment?sslmode=verify-full");
    expect(variables(made, "postgres-payment")).toMatchObject({ PGUSER: "master", PGPORT: "5433" });
    expect(JSON.stringify(made.one("CronJob", "postgres-restore"))).toContain('"secretName":"db-ca"');
  });

  test("needs a cluster in that cloud", () => {
    const settings = parseSettings({ ...staging, postgres: { kind: "rds" } }, "staging", {});
    expect(() => postgresForm({ settings, services: [], images, keys })).toThrow(
      /postgres\.kind: "rds" is beside a cluster .* \(tradestack:cluster\.kind: existing\)/,
    );
  });
});

test("a database on a server of the namespace is reached by the server's name, as ever", async () => {
  const made = await make(() => {
    new PostgresDatabase("order", {
      namespace: "shop",
      image: "postgres:1",
      server: "postgres",
      adminSecret: "postgres-admin",
      password: pulumi.secret("pw"),
    });
  });
  expect(made.one("Secret").stringData.url).toBe("postgres://order:pw@postgres:5432/order");
});

describe("backups", () => {
  const backup = (changes: Partial<PostgresBackupArgs> = {}) =>
    make(() => {
      new PostgresBackup("postgres", {
        namespace: "shop",
        image: "postgres:1",
        databases: ["order", "payment"],
        adminSecret: "postgres-admin",
        password: pulumi.secret("pw-backup"),
        storage: "10Gi",
        ...changes,
      });
    });
  const bucket = { name: "example-backups", region: "eu-central-1", image: "rclone:1" };
  const containers = (made: Made, owner: string) =>
    made
      .pods()
      .filter((pod) => pod.owner === owner)
      .flatMap(containersOf);

  test("are made by a role that can only read, and stay on a volume of their own", async () => {
    const made = await backup();
    expect(made.one("CronJob", "postgres-backup").spec).toMatchObject({
      schedule: "17 3 * * *",
      timeZone: "Etc/UTC",
      concurrencyPolicy: "Forbid",
    });
    const [container] = containers(made, "postgres-backup");
    const { env } = container ?? { env: [] };
    expect(env).toContainEqual({ name: "PGUSER", value: "backup_reader" });
    expect(env).toContainEqual({ name: "DATABASES", value: "order payment" });
    const pod = JSON.stringify(made.one("CronJob", "postgres-backup").spec.jobTemplate);
    expect(pod).not.toContain("postgres-admin");
    expect(pod).toContain('"claimName":"postgres-backup"');
    expect(made.one("PersistentVolumeClaim").spec.resources?.requests).toEqual({ storage: "10Gi" });
    expect(made.one("Secret").stringData.verifier).toMatch(/^SCRAM-SHA-256\$4096:/);
  });

  test("are restored only by who makes a Job of it", async () => {
    const { spec } = (await backup()).one("CronJob", "postgres-restore");
    expect(spec).toMatchObject({ suspend: true, schedule: "0 0 31 2 *" });
    expect(spec.jobTemplate.spec).toMatchObject({ backoffLimit: 0 });
  });

  test("go to a bucket by the pod's own identity", async () => {
    const made = await backup({ bucket });
    expect(made.all("PersistentVolumeClaim")).toEqual([]);
    expect(containers(made, "postgres-backup").map(({ name }) => name)).toEqual(["backup", "upload"]);
    expect(containers(made, "postgres-restore").map(({ name }) => name)).toEqual(["download", "restore"]);
    const [, upload] = containers(made, "postgres-backup");
    expect(upload?.env).toContainEqual({ name: "BUCKET", value: "example-backups/tradestack" });
    expect(upload?.env).toContainEqual({ name: "RCLONE_CONFIG_BUCKET_ENV_AUTH", value: "true" });
    const out = JSON.stringify(policy(made, "postgres-backup").egress);
    expect(out).toContain("169.254.170.23/32");
    const ways = async (changes: Partial<PostgresBackupArgs>) =>
      policy(await backup(changes), "postgres-backup").egress.length;
    expect(await ways({})).toBe(2);
    expect(await ways({ bucket })).toBe(4);
  });

  test("of production are not deleted by mistake, and neither are its stores", async () => {
    const held = async (changes: object): Promise<string[]> => {
      const names: string[] = [];
      const note: pulumi.ResourceTransformation = ({ name, opts }) => {
        if (opts.protect === true) names.push(name);
        return undefined;
      };
      await platform(changes, undefined, { transformations: [note] });
      return names.sort();
    };
    const services = {
      payment: { environment: { PAYMENT_PROVIDER: "stripe" } },
      account: { environment: { MAIL_URL: "smtps://mail.example.com" } },
    };
    expect(await held({ environment: "prod", services })).toEqual([
      "postgres-backup-volume",
      "postgres-server",
      "rabbitmq-servers",
      "redis-servers",
    ]);
    expect(await held({})).toEqual([]);
  });

  test("are there unless a stack says otherwise", async () => {
    expect((await platform({ backups: { to: "none" } })).all("CronJob")).toEqual([]);
  });
});
