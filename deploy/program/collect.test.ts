import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { collect } from "./collect.ts";
import { decode } from "./registration.ts";

const run = (config: Record<string, string> = {}) =>
  collect({
    project: "shop",
    stack: "dev",
    entry: fileURLToPath(new URL("./fixtures/shop.ts", import.meta.url)),
    config: { "shop:masterKey": "k3y", ...config },
    secretKeys: ["shop:masterKey"],
  });

test("the program's resources come with their inputs, secrets and dependencies", async () => {
  const { resources } = await run();
  const find = (name: string) => resources.find((resource) => resource.name === name);
  expect(find("store-credentials")).toMatchObject({
    type: "kubernetes:core/v1:Secret",
    inputs: {
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "store-credentials", namespace: "shop" },
      stringData: { user: "shop", password: "derived-k3y" },
    },
    secrets: [["stringData"]],
  });
  const urn = (name: string, type: string) =>
    resources.find((resource) => resource.name === name && resource.type === type)?.urn;
  expect(find("web")?.dependencies).toEqual(
    expect.arrayContaining([
      urn("shop", "kubernetes:core/v1:Namespace"),
      urn("store-credentials", "kubernetes:core/v1:Secret"),
      urn("store", "kubernetes:core/v1:Service"),
    ]),
  );
});

test("outputs are told, but neither secret nor unknown ones", async () => {
  const { outputs } = await run({ "shop:url": "http://127.0.0.1" });
  expect(outputs).toEqual({ url: "http://127.0.0.1" });
});

test("refused settings are one sentence without a stack trace", async () => {
  await expect(run({ "shop:refuse": "nonsense" })).rejects.toThrow(
    /^shop:refuse: nonsense is refused; remove it$/,
  );
});

test("two resources of one type and name are refused", async () => {
  await expect(run({ "shop:twice": "true" })).rejects.toThrow(/both named "shop"/);
});

test("marks are taken out of values wherever they are", () => {
  const secret = (value: string) => ({
    "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
    value,
  });
  expect(decode({ a: [secret("x"), { b: "04da6b54-80e4-46f7-96ec-b56ff0331ba9" }] })).toEqual({
    value: { a: ["x", { b: null }] },
    secrets: [["a", 0]],
    unknowns: [["a", 1, "b"]],
  });
});
