/**
 * The sandbox's equivalents of public images keep to what the public ones promise: as any user but root, on a
 * read-only root file system, without a capability, with the same variables, paths and arguments.
 */
import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Cluster } from "../../drills/platform/cluster.ts";
import { serviceImage, thirdPartyImage } from "../../images/tags.ts";
import { ensureImages } from "../../sandbox/images/build.ts";

const NAMESPACE = "tradestack-images";
const PASSWORD = "only-for-tests";

interface Server {
  readonly name: "postgres" | "redis" | "rabbitmq";
  readonly env?: Readonly<Record<string, string>>;
  readonly args?: readonly string[];
  /** Directories it may write to. */
  readonly writable: readonly string[];
  /** Files that the test's Secret holds for it, by the path that each is mounted at. */
  readonly files: Readonly<Record<string, string>>;
  readonly ready: readonly string[];
}

/** A user as RabbitMQ's definitions have it: salt and SHA-256 of salt and password. */
function hashedPassword(password: string): string {
  const salt = Buffer.from("salt");
  return Buffer.concat([salt, createHash("sha256").update(salt).update(password).digest()]).toString(
    "base64",
  );
}

const definitions = {
  vhosts: [{ name: "tradestack" }],
  users: [
    {
      name: "order",
      password_hash: hashedPassword(PASSWORD),
      hashing_algorithm: "rabbit_password_hashing_sha256",
      tags: [],
    },
  ],
  permissions: [{ user: "order", vhost: "tradestack", configure: ".*", write: ".*", read: ".*" }],
};

const servers: readonly Server[] = [
  {
    name: "postgres",
    env: {
      POSTGRES_PASSWORD_FILE: "/run/secrets/password",
      POSTGRES_DB: "shop",
      PGDATA: "/var/lib/postgresql/data/pgdata",
    },
    writable: ["/var/lib/postgresql/data", "/var/run/postgresql", "/tmp"],
    files: {
      "/run/secrets/password": PASSWORD,
      "/docker-entrypoint-initdb.d/10-goods.sql":
        "create table goods (sku text); insert into goods values ('tea');",
    },
    ready: ["pg_isready", "--host=127.0.0.1", "--username=postgres"],
  },
  {
    name: "redis",
    args: ["redis-server", "/etc/redis/redis.conf"],
    writable: ["/data", "/tmp"],
    files: { "/etc/redis/redis.conf": `dir /data\nrequirepass ${PASSWORD}\n` },
    ready: ["redis-cli", "--no-auth-warning", "-a", PASSWORD, "ping"],
  },
  {
    name: "rabbitmq",
    env: { RABBITMQ_DEFAULT_USER: "boss", RABBITMQ_DEFAULT_PASS: PASSWORD },
    writable: ["/var/lib/rabbitmq", "/var/log/rabbitmq", "/tmp"],
    files: {
      "/etc/rabbitmq/conf.d/50-tradestack.conf":
        "definitions.import_backend = local_filesystem\ndefinitions.local.path = /run/secrets/definitions.json\n",
      "/run/secrets/definitions.json": JSON.stringify(definitions),
    },
    ready: ["rabbitmq-diagnostics", "--quiet", "check_port_connectivity"],
  },
];

const keyOf = (path: string) => path.replaceAll("/", "_");

const secretOf = ({ name, files }: Server) => ({
  apiVersion: "v1",
  kind: "Secret",
  metadata: { name, namespace: NAMESPACE },
  stringData: Object.fromEntries(Object.entries(files).map(([path, text]) => [keyOf(path), text])),
});

const podOf = ({ name, env, args, writable, files, ready }: Server) => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name, namespace: NAMESPACE },
  spec: {
    automountServiceAccountToken: false,
    terminationGracePeriodSeconds: 5,
    securityContext: {
      runAsNonRoot: true,
      runAsUser: 999,
      runAsGroup: 999,
      fsGroup: 999,
      seccompProfile: { type: "RuntimeDefault" },
    },
    containers: [
      {
        name,
        image: thirdPartyImage(name),
        imagePullPolicy: "Never",
        ...(args === undefined ? {} : { args }),
        env: Object.entries(env ?? {}).map(([variable, value]) => ({ name: variable, value })),
        readinessProbe: { exec: { command: ready }, periodSeconds: 2, timeoutSeconds: 15 },
        securityContext: {
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ["ALL"] },
        },
        volumeMounts: [
          ...writable.map((mountPath) => ({ name: volumeOf(mountPath), mountPath })),
          ...Object.keys(files).map((mountPath) => ({ name: "files", mountPath, subPath: keyOf(mountPath) })),
        ],
      },
    ],
    volumes: [
      ...writable.map((path) => ({ name: volumeOf(path), emptyDir: {} })),
      { name: "files", secret: { secretName: name, defaultMode: 0o440 } },
    ],
  },
});

const SERVICE = "catalog";

/** What the service's container finds around it, told by its own Node. */
const lookAround = `const { existsSync, readdirSync, readFileSync, writeFileSync } = require("node:fs");
const attempt = (work) => { try { work(); return true; } catch { return false; } };
console.log(JSON.stringify({
  uid: process.getuid(),
  shell: ["/bin/sh", "/bin/bash", "/usr/bin/env"].some((path) => existsSync(path)),
  writable: attempt(() => writeFileSync("/app/probe", "")),
  migrations: readdirSync("/app/migrations").length > 0,
  fastify: JSON.parse(readFileSync("/app/sbom.cdx.json")).components.some(({ name }) => name === "fastify"),
}));`;

const servicePod = {
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name: SERVICE, namespace: NAMESPACE },
  spec: {
    restartPolicy: "Never",
    automountServiceAccountToken: false,
    securityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
    containers: [
      {
        name: SERVICE,
        image: serviceImage(SERVICE),
        imagePullPolicy: "Never",
        command: ["/usr/local/bin/node", "--eval", lookAround],
        securityContext: {
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ["ALL"] },
        },
      },
    ],
  },
};

const volumeOf = (path: string) => path.slice(1).replaceAll("/", "-");

let cluster: Cluster;
const exec = (pod: string, ...command: string[]) =>
  cluster.kubectl("exec", "--namespace", NAMESPACE, pod, "--", ...command);

describe.skipIf(process.env.TRADESTACK_CONTEXT !== undefined)("the sandbox's images", () => {
  beforeAll(async () => {
    cluster = Cluster.current();
    await ensureImages([...servers.map(({ name }) => name), SERVICE], (line) => console.log(line));
    await cluster.kubectl("delete", "namespace", NAMESPACE, "--ignore-not-found");
    await cluster.apply({
      apiVersion: "v1",
      kind: "Namespace",
      metadata: { name: NAMESPACE, labels: { "pod-security.kubernetes.io/enforce": "restricted" } },
    });
    await cluster.apply({
      apiVersion: "v1",
      kind: "List",
      items: [...servers.flatMap((server) => [secretOf(server), podOf(server)]), servicePod],
    });
    const pods = servers.map(({ name }) => `pod/${name}`);
    const ready = ["--namespace", NAMESPACE, "--for=condition=Ready", "--timeout=180s"];
    await cluster.kubectl("wait", ...pods, ...ready);
  });

  afterAll(async () => {
    await cluster?.kubectl("delete", "namespace", NAMESPACE, "--ignore-not-found", "--wait=false");
  });

  describe("PostgreSQL", () => {
    test("made its database with the password from a file, and ran the scripts beside it", async () => {
      const query = [
        "--dbname",
        `postgres://postgres:${PASSWORD}@127.0.0.1/shop`,
        "--tuples-only",
        "--no-align",
      ];
      expect(await exec("postgres", "psql", ...query, "--command", "select sku from goods")).toBe("tea");
    });

    test("wants the password over the network", async () => {
      const wrong = "postgres://postgres:wrong@127.0.0.1/shop";
      await expect(exec("postgres", "psql", "--dbname", wrong, "--command", "select 1")).rejects.toThrow(
        /password authentication failed/,
      );
    });
  });

  describe("Redis", () => {
    test("obeys its configuration file", async () => {
      expect(await exec("redis", "redis-cli", "ping")).toMatch(/NOAUTH/);
      const cli = ["redis-cli", "--no-auth-warning", "-a", PASSWORD];
      expect(await exec("redis", ...cli, "config", "get", "dir")).toBe("dir\n/data");
    });

    test("is Sentinel under that name", async () => {
      expect(await exec("redis", "redis-sentinel", "--version")).toMatch(/Redis server v=7/);
    });
  });

  describe("RabbitMQ", () => {
    test("imported its definitions, whose users can log in", async () => {
      expect(await exec("rabbitmq", "rabbitmqctl", "--quiet", "list_users")).toMatch(/^order\t/m);
      expect(await exec("rabbitmq", "rabbitmqctl", "authenticate_user", "order", PASSWORD)).toMatch(
        /Success/,
      );
    });

    test("serves management and metrics", async () => {
      const plugins = await exec("rabbitmq", "rabbitmq-plugins", "list", "--quiet", "--enabled", "--minimal");
      expect(plugins.split("\n")).toEqual(
        expect.arrayContaining(["rabbitmq_management", "rabbitmq_prometheus"]),
      );
    });
  });

  test.each(servers.map(({ name }) => name))(
    "%s runs as a user that can write only where it must",
    async (name) => {
      expect(await exec(name, "id", "-u")).toBe("999");
      await expect(exec(name, "touch", "/etc/probe")).rejects.toThrow(/Read-only file system/);
    },
  );

  test("a service's image has no shell, and says which packages are in its program", async () => {
    const finished = ["--for=jsonpath={.status.phase}=Succeeded", "--timeout=60s"];
    await cluster.kubectl("wait", `pod/${SERVICE}`, "--namespace", NAMESPACE, ...finished);
    const said = JSON.parse(await cluster.kubectl("logs", SERVICE, "--namespace", NAMESPACE));
    expect(said).toEqual({ uid: 65532, shell: false, writable: false, migrations: true, fastify: true });
  });
});
