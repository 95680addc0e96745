import { expect, test } from "vitest";
import { SettingsError } from "../../settings/error.ts";
import { refuseProduction, refuseProductionStack } from "./consent.ts";

const dev = { stack: "dev", environment: "dev" } as const;
const prod = { stack: "eu", environment: "prod" } as const;
const names = (context: string, ...others: string[]) => ({ context, others });

test("a cluster that does not look like production is fair game", () => {
  refuseProduction(dev, names("kind-shop", "https://127.0.0.1:6443"), undefined);
});

test.each([
  ["a context that looks like it", dev, names("shop-prod")],
  ["a harmless name that leads there", dev, names("main", "arn:aws:eks:eu-central-1:1:cluster/production")],
  ["a stack for it, wherever it is", prod, names("eu-1")],
])("production is refused without a word: %s", (_what, settings, known) => {
  expect(() => refuseProduction(settings, known, undefined)).toThrow(SettingsError);
  expect(() => refuseProduction(settings, known, undefined)).toThrow(`--yes-really ${known.context}`);
  expect(() => refuseProduction(settings, known, "another")).toThrow(SettingsError);
  refuseProduction(settings, known, known.context);
});

test("a stack for production is refused before its cluster is asked for", () => {
  expect(() => refuseProductionStack(prod, undefined)).toThrow("--yes-really NAME");
  refuseProductionStack(prod, "eu-1");
  refuseProductionStack(dev, undefined);
});
