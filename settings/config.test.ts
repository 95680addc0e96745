import { expect, test } from "vitest";
import { ownConfig } from "./config.ts";

test("the project's own keys lose their prefix, and values their quotes", () => {
  expect(
    ownConfig({
      "tradestack:environment": "dev",
      "tradestack:redis": '{"replicas":3}',
      "tradestack:resolveDigests": "false",
      "tradestack:count": "3",
      "aws:region": "eu-west-1",
    }),
  ).toEqual({ environment: "dev", redis: { replicas: 3 }, resolveDigests: false, count: 3 });
});

test("a text that only looks like JSON stays a text", () => {
  expect(ownConfig({ "tradestack:a": "{not json", "tradestack:b": "3x", "tradestack:c": "trueish" })).toEqual(
    {
      a: "{not json",
      b: "3x",
      c: "trueish",
    },
  );
});
