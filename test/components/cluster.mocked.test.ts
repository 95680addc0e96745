import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type * as pulumi from "@pulumi/pulumi";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type Connection, connectCluster, publicUrl } from "../../cluster.ts";
import { KeyRing } from "../../components/credentials.ts";
import { hasEngine, isUpdate } from "../../engine.ts";
import { imageSource } from "../../image-source.ts";
import { imageReference } from "../../images/tags.ts";
import { ensureImages } from "../../sandbox/images/build.ts";
import { ensureSandbox } from "../../sandbox/index.ts";
import { parseSettings } from "../../settings.ts";
import { make } from "./support.ts";

vi.mock("../../engine.ts", () => ({ hasEngine: vi.fn(), isUpdate: vi.fn() }));
vi.mock("../../sandbox/images/build.ts", () => ({ ensureImages: vi.fn() }));
vi.mock("../../sandbox/index.ts", () => ({
  ensureSandbox: vi.fn(),
  sandboxAddress: () => ({ kubeconfig: "/home/sandbox/kubeconfig", context: "tradestack-sandbox" }),
}));

/** What the program is being run for. */
const running = (as: "rendering" | "preview" | "update") => {
  vi.mocked(hasEngine).mockReturnValue(as !== "rendering");
  vi.mocked(isUpdate).mockReturnValue(as === "update");
};
const keys = new KeyRing(undefined);
const sandbox = parseSettings({ environment: "dev", cluster: { kind: "sandbox" } }, "dev", {});
/** What production has to say, and any other stack may. */
const services = {
  payment: { environment: { PAYMENT_PROVIDER: "stripe" } },
  account: { secretFiles: { MAIL_URL: "mail/url" } },
};
const existing = (context: string, environment = "dev") =>
  parseSettings(
    { environment, services, cluster: { kind: "existing", context, kubeconfig } },
    environment,
    {},
  );

let folder: string;
let kubeconfig: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "tradestack-cluster-"));
  kubeconfig = join(folder, "kubeconfig");
  writeFileSync(
    kubeconfig,
    `contexts: [{ name: shop, context: { cluster: shop } }, { name: eu, context: { cluster: production-eu } }]\n`,
  );
});
afterEach(() => {
  rmSync(folder, { recursive: true });
  vi.clearAllMocks();
});

/** Where the provider that is made connects to. */
const addressOf = async (connect: () => Promise<unknown>) => {
  const made = await make(connect);
  const { kubeconfig: file, context } = made.resources[0]?.inputs ?? {};
  return { kubeconfig: file, context };
};

test("a rendering asks nothing outside, whatever the cluster", async () => {
  running("rendering");
  expect(await addressOf(() => connectCluster(existing("absent"), keys))).toEqual({});
  expect(ensureSandbox).not.toHaveBeenCalled();
});

test("the sandbox is started for an update, and not for a preview", async () => {
  running("preview");
  const address = await addressOf(() => connectCluster(sandbox, keys));
  expect(address).toEqual({ kubeconfig: "/home/sandbox/kubeconfig", context: "tradestack-sandbox" });
  expect(ensureSandbox).not.toHaveBeenCalled();
  running("update");
  expect(await addressOf(() => connectCluster(sandbox, keys))).toEqual(address);
  expect(ensureSandbox).toHaveBeenCalledOnce();
});

test("an existing cluster is reached by its context, which has to be there", async () => {
  running("preview");
  expect(await addressOf(() => connectCluster(existing("shop"), keys))).toEqual({
    kubeconfig,
    context: "shop",
  });
  await expect(connectCluster(existing("shopp"), keys)).rejects.toThrow(
    /context "shopp" is not in .*mean "shop"/,
  );
});

test("a cluster that another stack made is reached by that stack's kubeconfig", async () => {
  running("preview");
  const stack = "acme/shared/cluster";
  const settings = parseSettings({ environment: "dev", cluster: { kind: "existing", stack } }, "dev", {});
  const made = await make(
    () => connectCluster(settings, keys),
    {},
    { [stack]: { kubeconfig: "a-kubeconfig" } },
  );
  const provider = made.resources.find(({ type }) => type === "pulumi:providers:kubernetes");
  expect(provider?.inputs.kubeconfig).toBe("a-kubeconfig");
  running("rendering");
  expect((await make(() => connectCluster(settings, keys))).resources).toHaveLength(1);
});

test("a cluster on virtual machines is reached before there is one, but for a rendering", async () => {
  const machines = { name: "edge", address: "10.0.1.21", servers: ["10.0.1.21"], nodeCidr: "10.0.1.0/24" };
  const settings = parseSettings(
    { environment: "staging", cluster: { kind: "vm", ...machines } },
    "edge",
    {},
  );
  const known = new KeyRing(Buffer.alloc(32, 9).toString("base64"));
  const provider = async () =>
    (await make(() => connectCluster(settings, known))).resources.find(({ name }) => name === "cluster");
  running("rendering");
  expect((await provider())?.inputs).toEqual({});
  running("preview");
  expect((await provider())?.inputs.kubeconfig).toContain("https://10.0.1.21:6443");
  const prod = { ...settings, cluster: { ...settings.cluster, name: "edge-prod" } };
  await expect(connectCluster(prod as typeof settings, known)).rejects.toThrow(/"edge-prod" looks like prod/);
});

test("a cluster on EKS is the stack's own: in its account, with images for its nodes, and databases beside it", async () => {
  const named = (name: string) => {
    const cluster = { kind: "eks", name, region: "eu-central-1", account: "123456789012" };
    const raw = {
      environment: "staging",
      cluster,
      postgres: { kind: "rds" },
      broker: { kind: "amazon-mq" },
      ingress: { className: "alb" },
    };
    return parseSettings(raw, "staging", {});
  };
  running("rendering");
  let connection: Connection | undefined;
  const known = {
    "aws:eks/cluster:Cluster": {
      certificateAuthority: { data: "Q0E=" },
      identities: [],
      vpcConfig: { clusterSecurityGroupId: "sg-nodes" },
    },
  };
  const connect = async () => {
    connection = await connectCluster(named("shop"), keys);
  };
  const { resources } = await make(connect, {}, {}, known);
  expect(resources.find(({ type }) => type === "pulumi:providers:aws")?.inputs).toMatchObject({
    region: "eu-central-1",
    allowedAccountIds: '["123456789012"]',
  });
  const repositories = resources.filter(({ type }) => type === "aws:ecr/repository:Repository");
  expect(repositories.map(({ inputs }) => inputs.name)).toContain("shop/order");
  expect(connection).toMatchObject({
    images: { platforms: ["linux/amd64"], login: expect.anything() },
    outside: {
      dnsAddresses: ["172.20.0.10"],
      loadBalancerCidrs: ["10.0.192.0/22", "10.0.196.0/22", "10.0.200.0/22"],
    },
    managed: { postgres: expect.any(Function), broker: expect.any(Function) },
  });
  await expect(connectCluster(named("shop-prod"), keys)).rejects.toThrow(/"shop-prod" looks like prod/);
});

test("a cluster on EC2 is the stack's own: in its account, reached once it answers, with images for its machines", async () => {
  const machines = {
    region: "eu-central-1",
    account: "123456789012",
    agents: { min: 1, max: 3 },
    servers: 1,
  };
  const types = { serverType: "m8g.large", imageId: "ami-1" };
  const agents = { ...machines.agents, instanceType: "m8g.large" };
  const cluster = { kind: "ec2", name: "shop", ...machines, ...types, agents };
  const registry = "registry.example.com/shop";
  const settings = parseSettings({ environment: "staging", cluster, registry }, "ec2", {});
  running("preview");
  let images: unknown;
  const computed = { "aws:lb/loadBalancer:LoadBalancer": { dnsName: "shop-api.elb.test" } };
  const made = await make(
    async () => {
      ({ images } = await connectCluster(settings, new KeyRing(Buffer.alloc(32, 9).toString("base64"))));
    },
    {},
    {},
    computed,
  );
  const inputs = (name: string) => made.resources.find((resource) => resource.name === name)?.inputs;
  expect(inputs("aws")).toMatchObject({ allowedAccountIds: expect.stringContaining("123456789012") });
  expect(inputs("cluster")?.kubeconfig).toContain("https://shop-api.elb.test:6443");
  expect(images).toEqual({ registry, platforms: ["linux/arm64"] });
});

test("a harmless name does not hide a production cluster from the guard", async () => {
  running("preview");
  await expect(connectCluster(existing("eu"), keys)).rejects.toThrow(/"production-eu" looks like production/);
  expect(await addressOf(() => connectCluster(existing("eu", "prod"), keys))).toMatchObject({
    context: "eu",
  });
});

test("an update builds all the sandbox's images in one go before their references are known", async () => {
  running("update");
  vi.mocked(ensureImages).mockResolvedValue();
  const images = await imageSource(sandbox);
  const references = [images.service("order"), images.thirdParty("redis")] as pulumi.Output<string>[];
  const known = await Promise.all(
    references.map((output) => new Promise((resolve) => output.apply(resolve))),
  );
  expect(known).toEqual([imageReference("order"), imageReference("redis")]);
  await images.ready();
  expect(ensureImages).toHaveBeenCalledExactlyOnceWith(["order", "redis"], expect.any(Function));
});

test("a build that fails ends the program once, with the build's own words", async () => {
  running("update");
  vi.mocked(ensureImages).mockRejectedValue(new Error("image order: step 3 failed"));
  const images = await imageSource(sandbox);
  images.service("order");
  images.service("payment");
  await expect(images.ready()).rejects.toThrow(/^image order: step 3 failed$/);
});

test("a preview knows the images by their content and builds none", async () => {
  running("preview");
  const images = await imageSource(sandbox);
  expect(images.service("order")).toBe(imageReference("order"));
  expect(ensureImages).not.toHaveBeenCalled();
});

test("the address for people is the host, or the sandbox's own port", () => {
  const at = (ingress: object) =>
    publicUrl({ ...existing("shop"), ingress: { ...sandbox.ingress, ...ingress } });
  expect(publicUrl(sandbox)).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  const named = { ...sandbox, ingress: { ...sandbox.ingress, host: "shop.localhost" } };
  expect(publicUrl(named)).toMatch(/^http:\/\/shop\.localhost:\d+$/);
  expect(at({ host: "shop.example.com" })).toBe("http://shop.example.com");
  expect(at({ host: "shop.example.com", tlsSecret: "tls" })).toBe("https://shop.example.com");
  expect(at({ host: "shop.example.com", certificateArn: "arn:aws:acm" })).toBe("https://shop.example.com");
  expect(at({})).toBeNull();
});
