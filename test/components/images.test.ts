import type * as pulumi from "@pulumi/pulumi";
import { expect, test } from "vitest";
import { type RegistrySourceArgs, registrySource } from "../../components/image/registry-source.ts";
import { make } from "./support.ts";

const args: RegistrySourceArgs = {
  registry: "registry.example.com/shop",
  prebuilt: { payment: "registry.example.com/bank/payment@sha256:abc" },
  tag: () => "5d1f6a0c",
  thirdParty: (name) => `docker.io/library/${name}:1`,
  baseImages: {},
  resolveDigests: false,
  root: "/source",
};
const resolved = (input: pulumi.Input<string>) =>
  typeof input === "string"
    ? input
    : new Promise((resolve) => (input as pulumi.Output<string>).apply(resolve));

test("a service is built from its source, tagged by its content, and pushed; a preview does neither", async () => {
  let reference: pulumi.Input<string> = "";
  const made = await make(() => {
    reference = registrySource(args).service("order");
  });
  const image = made.resources.find((resource) => resource.type === "docker-build:index:Image");
  expect(image?.inputs).toMatchObject({
    tags: ["registry.example.com/shop/order:5d1f6a0c"],
    context: { location: "/source" },
    dockerfile: { location: "/source/images/service/Dockerfile" },
    buildArgs: { SERVICE: "order" },
    push: true,
    buildOnPreview: false,
  });
  expect(await resolved(reference)).toBe("registry.example.com/shop/order:5d1f6a0c");
});

test("what a service's image is built on comes from the mirror where there is one", async () => {
  const mirror = { "node:26": "registry.example.com/mirror/docker.io/library/node:26" };
  const contextOf = async (baseImages: Record<string, string>) => {
    const made = await make(() => void registrySource({ ...args, baseImages }).service("order"));
    return made.resources.find(({ type }) => type === "docker-build:index:Image")?.inputs.context;
  };
  expect(await contextOf(mirror)).toEqual({
    location: "/source",
    named: { "node:26": { location: `docker-image://${mirror["node:26"]}` } },
  });
  expect(await contextOf({})).toEqual({ location: "/source" });
});

test("an image that is made elsewhere is taken as it is", async () => {
  const made = await make(() => {
    expect(registrySource(args).service("payment")).toBe(args.prebuilt.payment);
  });
  expect(made.resources).toEqual([]);
});

test("without a registry the error says what to set", () => {
  const source = registrySource({ ...args, registry: undefined });
  expect(() => source.service("order")).toThrow(/^tradestack:registry is missing; .*services\.order\.image$/);
});

test("third-party images are pinned to the digest that their registry answers, where that is asked for", async () => {
  const digests = { "docker.io/library/redis:1": "sha256:fed" };
  let pinned: pulumi.Input<string> = "";
  let unknown: pulumi.Input<string> = "";
  await make(() => {
    const source = registrySource({ ...args, resolveDigests: true });
    pinned = source.thirdParty("redis");
    unknown = source.thirdParty("postgres");
    expect(registrySource(args).thirdParty("redis")).toBe("docker.io/library/redis:1");
  }, digests);
  expect(await resolved(pinned)).toBe("docker.io/library/redis:1@sha256:fed");
  expect(await resolved(unknown)).toBe("docker.io/library/postgres:1");
});
