import * as pulumi from "@pulumi/pulumi";
import { describe, expect, test } from "vitest";
import { PostgresDatabase } from "../../components/postgres/database.ts";
import { PostgresServer, type PostgresServerArgs } from "../../components/postgres/server.ts";
import { MessageBroker, type MessageBrokerArgs } from "../../components/rabbitmq/broker.ts";
import { RedisReplicaSet, type RedisReplicaSetArgs } from "../../components/redis/replica-set.ts";
import type { StoreTransforms } from "../../components/store-options.ts";
import { type Made, make } from "./support.ts";

const secret = (text: string) => pulumi.secret(text);
const base = { namespace: "shop", image: "docker.io/library/store:1", storage: "1Gi", clients: ["order"] };
const portsOut = (made: Made) =>
  made.one("NetworkPolicy").spec.egress.flatMap((rule) => rule.ports.map((port) => port.port));
const texts = (data: Readonly<Record<string, string>> | undefined) => Object.values(data ?? {}).join("\n");

describe("RedisReplicaSet", () => {
  const redis = (changes: Partial<RedisReplicaSetArgs> = {}) => {
    const args: RedisReplicaSetArgs = {
      ...base,
      users: [{ name: "cart", password: secret("pw-cart") }],
      internal: { replica: secret("pw-replica"), sentinel: secret("pw-sentinel"), probe: secret("pw-probe") },
      ...changes,
    };
    return make(() => {
      new RedisReplicaSet("redis", args);
    });
  };

  test("three servers with a Sentinel and a volume each, and a name for every pod", async () => {
    const made = await redis();
    const { spec } = made.one("StatefulSet");
    expect(spec).toMatchObject({ replicas: 3, serviceName: "redis", podManagementPolicy: "Parallel" });
    expect(spec.template.spec?.containers.map((container) => container.name)).toEqual(["redis", "sentinel"]);
    expect(spec.volumeClaimTemplates[0]?.spec.resources.requests).toEqual({ storage: "1Gi" });
    expect(made.one("Service").spec).toMatchObject({ clusterIP: "None", publishNotReadyAddresses: true });
    expect(made.one("PodDisruptionBudget").spec).toMatchObject({ maxUnavailable: 1 });
    expect(made.one("Secret", "cart-redis").stringData.url).toBe(
      "redis+sentinel://cart:pw-cart@redis-0.redis:26379,redis-1.redis:26379,redis-2.redis:26379/primary",
    );
  });

  test("a single server without Sentinel or budget, and with no way out but DNS", async () => {
    const made = await redis({ replicas: 1 });
    const [pod] = made.pods();
    expect(pod?.spec.containers.map((container) => container.name)).toEqual(["redis"]);
    expect(made.all("PodDisruptionBudget")).toEqual([]);
    expect(portsOut(made)).toEqual([53, 53]);
    expect(made.one("Secret", "cart-redis").stringData.url).toBe("redis://cart:pw-cart@redis:6379");
    expect(made.one("ConfigMap").data["redis.conf"]).not.toContain("min-replicas");
  });

  test("a service may touch its own keys only, and the servers never hold its password", async () => {
    const access = (await redis()).one("Secret", "redis-access").stringData;
    const cart = access["users.acl"]?.split("\n").find((line) => line.startsWith("user cart "));
    expect(cart).toMatch(/^user cart on #[0-9a-f]{64} ~cart:\* &cart:\* \+@all -@dangerous \+info$/);
    expect(access["users.acl"]).toContain("user default off");
    expect(access["sentinel.acl"]).toContain("user default off");
    expect(texts(access)).not.toContain("pw-cart");
  });

  test("a user that is not there is refused by name", async () => {
    let broken: RedisReplicaSet | undefined;
    await make(() => {
      broken = new RedisReplicaSet("redis", {
        ...base,
        users: [],
        internal: { replica: "a", sentinel: "b", probe: "c" },
      });
    });
    expect(() => broken?.urlFile("cart")).toThrow(/no user "cart"; add it to the argument users/);
  });

  test("another password or another setting replaces the pods", async () => {
    const annotations = async (changes: Partial<RedisReplicaSetArgs>) =>
      (await redis(changes)).one("StatefulSet").spec.template.metadata?.annotations;
    const before = await annotations({});
    expect(await annotations({})).toEqual(before);
    expect(await annotations({ users: [{ name: "cart", password: secret("new") }] })).not.toEqual(before);
    const resources = { cpu: { request: "1", limit: "1" }, memory: { request: "1Gi", limit: "1Gi" } };
    expect(await annotations({ resources })).not.toEqual(before);
  });
});

describe("MessageBroker", () => {
  const broker = (changes: Partial<MessageBrokerArgs> = {}) => {
    const args: MessageBrokerArgs = {
      ...base,
      users: [
        { name: "order", password: secret("pw-order"), publishes: ["order.paid.v1"], consumes: [] },
        { name: "logistics", password: secret("pw-logistics"), publishes: [], consumes: ["order.paid.v1"] },
      ],
      cookie: secret("pw-cookie"),
      ...changes,
    };
    return make(() => {
      new MessageBroker("rabbitmq", args);
    });
  };

  test("has the services' users, hashed, and no guest", async () => {
    const made = await broker();
    const text = made.one("Secret", "rabbitmq-access").stringData["definitions.json"] ?? "";
    const { users, vhosts } = JSON.parse(text) as {
      users: { name: string; tags: string[] }[];
      vhosts: unknown;
    };
    expect(vhosts).toEqual([{ name: "tradestack" }]);
    expect(users.map((user) => [user.name, user.tags])).toEqual([
      ["order", []],
      ["logistics", []],
    ]);
    expect(text).not.toMatch(/guest|pw-order|pw-logistics/);
    expect(made.one("Secret", "order-rabbitmq").stringData.url).toBe(
      "amqp://order:pw-order@rabbitmq:5672/tradestack",
    );
  });

  test("one node knows no peers; three find each other by name", async () => {
    const one = await broker({ replicas: 1 });
    expect(texts(one.one("ConfigMap").data)).not.toContain("peer_discovery");
    expect(portsOut(one)).toEqual([53, 53]);
    const three = await broker({ replicas: 3 });
    expect(texts(three.one("ConfigMap").data)).toContain("nodes.3 = rabbit@rabbitmq-2.rabbitmq-nodes\n");
    const ports = three
      .one("NetworkPolicy")
      .spec.egress.flatMap((rule) => rule.ports.map((port) => port.port));
    expect(ports).toEqual(expect.arrayContaining([4369, 25672]));
    // A queue that was declared before all had joined gets its other members later.
    expect(three.one("ConfigMap").data["advanced.config"]).toContain("reconciliation_enabled, true");
    expect(three.one("PodDisruptionBudget").spec).toMatchObject({ maxUnavailable: 1 });
    expect(three.one("StatefulSet").spec.podManagementPolicy).toBe("Parallel");
  });
});

describe("PostgreSQL", () => {
  const server: PostgresServerArgs = { ...base, adminPassword: secret("pw-admin") };

  test("keeps its data in a directory of its own on a durable volume", async () => {
    const made = await make(() => {
      new PostgresServer("postgres", server);
    });
    const container = made.one("StatefulSet").spec.template.spec?.containers[0];
    expect(container?.env).toContainEqual({ name: "PGDATA", value: "/var/lib/postgresql/data/pgdata" });
    expect(container?.env).toContainEqual({
      name: "POSTGRES_PASSWORD_FILE",
      value: "/run/secrets/postgres/password",
    });
    expect(made.one("ConfigMap").data["postgresql.conf"]).toContain("shared_buffers = '256MB'");
    expect(made.one("ConfigMap").data["pg_hba.conf"]).toMatch(/host +sameuser +all +all +scram-sha-256/);
  });

  test("logs statements that are slow or fail without what they are about", async () => {
    const made = await make(() => {
      new PostgresServer("postgres", server);
    });
    const lines = made.one("ConfigMap").data["postgresql.conf"]?.split("\n");
    expect(lines).toContain("log_parameter_max_length = '0'");
    expect(lines).toContain("log_error_verbosity = 'terse'");
  });

  test("a new administrator's password is set on data that was made with another", async () => {
    const made = await make(() => {
      new PostgresServer("postgres", server);
    });
    const [hook, ...arguments_] = made.pods()[0]?.spec.containers[0]?.lifecycle.postStart.exec.command ?? [];
    expect(hook).toBe("/bin/sh");
    expect(arguments_.join(" ")).toContain('"$(cat /run/secrets/postgres/verifier)"');
    expect(made.one("Secret").stringData.verifier).toMatch(/^SCRAM-SHA-256\$4096:/);
  });

  const database = (changes: { image?: string; revision?: string } = {}) =>
    make(() => {
      new PostgresDatabase("order", {
        namespace: "shop",
        image: "postgres:1",
        server: "postgres",
        adminSecret: "postgres-admin",
        password: secret("pw-order"),
        ...changes,
      });
    });

  test("a database's Job is given a verifier, its service the password", async () => {
    const { stringData } = (await database()).one("Secret");
    expect(stringData.url).toBe("postgres://order:pw-order@postgres:5432/order");
    expect(stringData.verifier).toMatch(/^SCRAM-SHA-256\$4096:/);
    const job = JSON.stringify((await database()).one("Job").spec.template.spec?.volumes);
    expect(job).toContain('"key":"verifier"');
    expect(job).not.toContain('"key":"url"');
  });

  test("what changes the Job also changes its name, since a Job cannot be changed", async () => {
    const name = async (changes: { image?: string; revision?: string }) =>
      (await database(changes)).one("Job").metadata.name;
    expect(await name({})).toMatch(/^postgres-order-[0-9a-f]{8}$/);
    expect(await name({})).toBe(await name({}));
    expect(
      new Set([await name({}), await name({ image: "postgres:2" }), await name({ revision: "b" })]).size,
    ).toBe(3);
  });
});

test("every child of a store passes through its transform, and is what that answers", async () => {
  const asked: string[] = [];
  const ask =
    (child: string) =>
    <T>(built: T): T => {
      asked.push(child);
      return built;
    };
  const transform: StoreTransforms = {
    serviceAccount: ask("serviceAccount"),
    networkPolicy: ask("networkPolicy"),
    disruptionBudget: ask("disruptionBudget"),
    configMap: ask("configMap"),
    secret: ask("secret"),
    service: ask("service"),
    statefulSet: (built) => ({ ...built, metadata: { name: "own" } }),
  };
  const made = await make(() => {
    const internal = { replica: "a", sentinel: "b", probe: "c" };
    new RedisReplicaSet("redis", { ...base, users: [], internal }, { transform });
    new MessageBroker("rabbitmq", { ...base, users: [], cookie: "d" }, { transform });
    new PostgresServer("postgres", { ...base, adminPassword: "e" }, { transform });
  });
  expect(made.all("StatefulSet").map(({ metadata }) => metadata.name)).toEqual(["own", "own", "own"]);
  const counts = Object.groupBy(asked, (child) => child);
  expect(Object.fromEntries(Object.entries(counts).map(([child, all = []]) => [child, all.length]))).toEqual({
    serviceAccount: 3,
    // Of PostgreSQL's clients that provision, there is one more, which is the same for every form of it.
    networkPolicy: 3,
    // PostgreSQL is one pod.
    disruptionBudget: 2,
    configMap: 3,
    secret: 3,
    service: 4,
  });
});
