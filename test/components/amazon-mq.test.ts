import * as pulumi from "@pulumi/pulumi";
import { expect, test } from "vitest";
import { KeyRing } from "../../components/credentials.ts";
import { AmazonMqBroker, type AmazonMqBrokerArgs } from "../../components/managed/amazon-mq-broker.ts";
import { Platform } from "../../components/platform/platform.ts";
import { scrapeTargets } from "../../components/platform/targets.ts";
import { services } from "../../services/index.ts";
import { parseSettings } from "../../settings.ts";
import { make } from "./support.ts";

const host = "b-1.mq.eu-central-1.on.aws";
const args: AmazonMqBrokerArgs = {
  identifier: "shop-rabbitmq",
  namespace: "shop",
  vpcId: "vpc-1",
  subnetIds: ["subnet-1", "subnet-2", "subnet-3", "subnet-4"],
  subnetCidrs: ["10.0.224.0/22", "10.0.228.0/22"],
  clientSecurityGroupId: "sg-nodes",
  users: [
    { name: "order", password: pulumi.secret("pw-order"), publishes: ["order.paid.v1"], consumes: [] },
    { name: "logistics", password: pulumi.secret("pw-l"), publishes: [], consumes: ["order.paid.v1"] },
  ],
  adminPassword: pulumi.secret("pw-admin"),
  image: "registry.example.com/order:1",
};
const made = (changes: Partial<AmazonMqBrokerArgs> = {}) =>
  make(
    () => {
      new AmazonMqBroker("rabbitmq", { ...args, ...changes });
    },
    {},
    {},
    { "aws:mq/broker:Broker": { instances: [{ consoleUrl: `https://${host}` }] } },
  );
const standard = await made();
const all = (type: string, { resources } = standard) =>
  resources.filter((resource) => resource.type.endsWith(`:${type}`)).map(({ inputs }) => inputs);

test("is three private nodes in different zones, encrypted with a key of its own", () => {
  expect(all("Broker")).toMatchObject([
    {
      brokerName: "shop-rabbitmq",
      engineType: "RabbitMQ",
      deploymentMode: "CLUSTER_MULTI_AZ",
      subnetIds: ["subnet-1", "subnet-2", "subnet-3"],
      publiclyAccessible: false,
      encryptionOptions: { useAwsOwnedKey: false },
      hostInstanceType: "mq.m7g.large",
    },
  ]);
  expect(all("Key")).toMatchObject([{ enableKeyRotation: true }]);
});

test("one node is in one zone", async () => {
  const single = all("Broker", await made({ multiAz: false }));
  expect(single).toMatchObject([{ deploymentMode: "SINGLE_INSTANCE", subnetIds: ["subnet-1"] }]);
});

test("lets the nodes in, and nobody else", () => {
  expect(all("SecurityGroupIngressRule")).toMatchObject([
    { referencedSecurityGroupId: "sg-nodes", fromPort: 5671, toPort: 5671 },
    { referencedSecurityGroupId: "sg-nodes", fromPort: 443, toPort: 443 },
  ]);
  expect(all("SecurityGroup")[0]).not.toHaveProperty("ingress");
});

test("a service finds it over TLS, with its own password, and never the administrator's", () => {
  expect(standard.one("Secret", "order-rabbitmq").stringData).toEqual({
    url: `amqps://order:pw-order@${host}:5671/tradestack`,
  });
});

test("a Job brings users, rights and queues to it, and gets nowhere else", () => {
  const job = standard.one("Job");
  expect(job.metadata.name).toMatch(/^rabbitmq-definitions-[0-9a-f]{8}$/);
  const access = standard.one("Secret", "rabbitmq-access").stringData;
  expect(access["admin-password"]).toBe("pw-admin");
  const { users, queues, permissions } = JSON.parse(String(access["definitions.json"]));
  expect(users.map(({ name }: { name: string }) => name)).toEqual(["order", "logistics"]);
  expect(permissions[0]).toMatchObject({ user: "order", read: "^$" });
  expect(queues.map(({ name }: { name: string }) => name)).toContain("logistics.events");
  expect(standard.one("NetworkPolicy").spec.egress).toContainEqual({
    to: [{ ipBlock: { cidr: "10.0.224.0/22" } }, { ipBlock: { cidr: "10.0.228.0/22" } }],
    ports: [{ protocol: "TCP", port: 443 }],
  });
});

test("what a service may do, and another password, is another Job", async () => {
  const nameOf = async (changes: Partial<AmazonMqBrokerArgs>) =>
    (await made(changes)).one("Job").metadata.name;
  const users = args.users.map((user) => ({ ...user, consumes: ["order.paid.v1"] }));
  const names = [await nameOf({}), await nameOf({ users }), await nameOf({ revision: "2" })];
  expect(new Set(names).size).toBe(3);
});

test("CloudWatch tells of memory, of disk, and of each consumer's queues", async () => {
  const topic = "arn:aws:sns:eu-central-1:123456789012:alarms";
  const alarms = all("MetricAlarm", await made({ alarmTopics: [topic] }));
  expect(alarms.map((alarm) => alarm.name).sort()).toEqual([
    "shop-rabbitmq-disk",
    "shop-rabbitmq-logistics-backlog",
    "shop-rabbitmq-logistics-dead-letters",
    "shop-rabbitmq-memory",
  ]);
  expect(alarms.every(({ alarmActions }) => String(alarmActions) === topic)).toBe(true);
  expect(alarms.find(({ name }) => name === "shop-rabbitmq-logistics-dead-letters")).toMatchObject({
    threshold: 0,
    dimensions: { Broker: "shop-rabbitmq", VirtualHost: "tradestack", Queue: "logistics.dead-letters" },
  });
});

test("what the arguments do not reach can be changed", async () => {
  const { resources } = await make(
    () => {
      new AmazonMqBroker("rabbitmq", args, {
        transform: { broker: (built) => ({ ...built, applyImmediately: true }) },
      });
    },
    {},
    {},
    { "aws:mq/broker:Broker": { instances: [{ consoleUrl: `https://${host}` }] } },
  );
  const broker = resources.find(({ type }) => type === "aws:mq/broker:Broker");
  expect(broker?.inputs).toMatchObject({ applyImmediately: true, publiclyAccessible: false });
});

const settings = (kind: string) =>
  parseSettings({ environment: "dev", cluster: { kind: "sandbox" }, broker: { kind } }, "dev", {});

test("a stack without a cluster at Amazon has no broker there", async () => {
  const images = { service: () => "service:1", thirdParty: () => "third:1" };
  const keys = new KeyRing(Buffer.alloc(32, 7).toString("base64"));
  const platform = make(() => {
    new Platform("tradestack", { settings: settings("amazon-mq"), services, images, keys });
  });
  await expect(platform).rejects.toThrow(
    /broker\.kind: "amazon-mq" is beside a cluster .* write "cluster" with this one/,
  );
});

test("Prometheus asks a broker for metrics only where it can", () => {
  const jobs = (kind: string) => scrapeTargets(settings(kind), services).map(({ name }) => name);
  expect(jobs("cluster")).toEqual(expect.arrayContaining(["rabbitmq", "rabbitmq-queues"]));
  expect(jobs("amazon-mq").filter((name) => name.startsWith("rabbitmq"))).toEqual([]);
});
