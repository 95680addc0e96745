import { expect, test } from "vitest";
import type { MicroserviceArgs } from "./args.ts";
import { checkMicroservice } from "./check.ts";

const args: MicroserviceArgs = {
  namespace: "shop",
  image: "registry.example.com/shop/order:1",
  scale: { min: 2, max: 12, cpuPercent: 70 },
  resources: { cpu: { request: "50m", limit: "1" }, memory: { request: "96Mi", limit: "256Mi" } },
};
const { cpu, memory } = args.resources;
const keda = (min: number, to = "22:00") => ({
  keda: { prometheusUrl: "http://prometheus:9090", reserve: [{ from: "08:00", to, min }] },
});

test("what can be, passes", () => {
  expect(() => checkMicroservice("order", args)).not.toThrow();
  expect(() =>
    checkMicroservice("order", { ...args, scale: { min: 1, max: 1, cpuPercent: 1 } }),
  ).not.toThrow();
});

test.each<[string, Partial<MicroserviceArgs>, RegExp]>([
  [
    "an autoscaler without a CPU request",
    { resources: { cpu: { ...cpu, request: "" }, memory } },
    /^Microservice "order", resources\.cpu\.request: "" is not a quantity above 0, and the autoscaler measures/,
  ],
  ["a reserve that adds nothing", keda(2), /keda\.reserve\[0\].* min 2 is not above scale\.min \(2\)/],
  ["a reserve above all replicas", keda(13), /up to scale\.max \(12\)/],
  ["a reserve at no time of day", keda(6, "8"), /"8" is no time of day; write it like 08:00/],
  [
    "no memory",
    { resources: { cpu, memory: { request: "0", limit: "0" } } },
    /resources\.memory\.request: "0"/,
  ],
  [
    "a limit below the request",
    { resources: { cpu: { request: "2", limit: "1500m" }, memory } },
    /resources\.cpu\.limit: "1500m" is not a quantity of at least the request \(2\)/,
  ],
  ["no replica", { scale: { min: 0, max: 3, cpuPercent: 70 } }, /scale\.min: 0 is not a whole number/],
  ["fewer at most than at least", { scale: { min: 3, max: 2, cpuPercent: 70 } }, /scale\.max: 2 .*\(3\)/],
  ["no target", { scale: { min: 1, max: 2, cpuPercent: 0 } }, /scale\.cpuPercent: 0 is not between/],
  ["a call of itself", { calls: ["cart", "order"] }, /calls: "order" calls itself; leave it out/],
])("%s is refused", (_, changes, message) => {
  expect(() => checkMicroservice("order", { ...args, ...changes })).toThrow(message);
});

test.each(["Order", "order_1", "1order", "", "a".repeat(64)])("%j is no name", (name) => {
  expect(() => checkMicroservice(name, args)).toThrow(/name: .* is no DNS label; use small letters/);
});
