import * as pulumi from "@pulumi/pulumi";
import { expect, test } from "vitest";
import { make } from "../test/components/support.ts";
import { kubeconfigOf, readStack, textOf } from "./read-stack.ts";

const NAME = "acme/tradestack/prod";
const shop = {
  environment: "prod",
  namespace: "shop",
  url: "https://shop.example.com",
  kubeconfig: "secret",
};

/** What an output holds once the stack, which has these outputs, is read. */
async function read<T>(
  outputs: object,
  choose: () => pulumi.Output<T>,
): Promise<{ value: T; secret: boolean }> {
  let found: { value: T; secret: boolean } | undefined;
  const look = async () => {
    const output = choose();
    const value = await new Promise<T>((resolve) => output.apply((known) => resolve(known)));
    found = { value, secret: await pulumi.isSecret(output) };
  };
  await make(look, {}, { [NAME]: outputs });
  if (found === undefined) throw new Error("nothing was read");
  return found;
}

test("the outputs of a stack are read by name, and null where the stack has none", async () => {
  expect((await read(shop, () => readStack(NAME).namespace)).value).toBe("shop");
  expect((await read(shop, () => readStack(NAME).url)).value).toBe("https://shop.example.com");
  expect((await read({ environment: "dev", namespace: "shop" }, () => readStack(NAME).url)).value).toBeNull();
});

test("a kubeconfig is a secret, whatever it was there", async () => {
  expect(await read(shop, () => readStack(NAME).kubeconfig)).toEqual({ value: "secret", secret: true });
});

test("what is not there is said with the remedy", () => {
  expect(() => textOf(NAME, "namespace", undefined)).toThrow(
    /"acme\/tradestack\/prod" has no output namespace; deploy it first/,
  );
  expect(() => kubeconfigOf(NAME, "kubeconfig", undefined)).toThrow(
    /has no output kubeconfig, as it made no cluster; name a stack that did/,
  );
});

test.each(["prod", "tradestack/prod", "acme//prod", "acme/tradestack/"])("%j is no full name", (name) => {
  expect(() => readStack(name)).toThrow(/is not a full name; write ORGANISATION\/tradestack\/STACK/);
});
