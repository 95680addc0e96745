import { expect, test } from "vitest";
import { parseArguments } from "./arguments.ts";

const parse = (line: string) => parseArguments(line.split(" ").filter(Boolean));

test("nothing said means a day of the dev stack", () => {
  expect(parse("")).toEqual({
    stack: "dev",
    trace: "daily",
    ordersPerMinute: 1000,
    viewsPerOrder: undefined,
    node: undefined,
    maxNodes: undefined,
    maxReplicas: undefined,
    cpuRequest: undefined,
    prices: undefined,
    demand: undefined,
    json: false,
    svg: undefined,
  });
});

test("all can be said", () => {
  expect(
    parse(
      "--stack prod --trace flash-sale --orders-per-minute 2e4 --views-per-order 0 --node m7i.large --max-nodes 9 --max-replicas 50 --cpu-request 500m",
    ),
  ).toMatchObject({
    stack: "prod",
    trace: "flash-sale",
    ordersPerMinute: 20_000,
    viewsPerOrder: 0,
    node: "m7i.large",
    maxNodes: 9,
    maxReplicas: 50,
    cpuRequest: 0.5,
  });
  expect(parse("--trace ./today.csv --svg plan.svg --json")).toMatchObject({
    trace: { file: "./today.csv" },
    svg: "plan.svg",
    json: true,
  });
  expect(parse("--help")).toBeUndefined();
});

test.each([
  ["--stak prod", "--stak is not an option; did you mean --stack?"],
  ["--trace dayly", '"dayly" is not a known trace; did you mean "daily"? (daily, flash-sale, step)'],
  ["--trace", "--trace needs a value"],
  ["daily", '"daily" is one word too many; name a stack with --stack, or a load with --trace'],
  ["--trace x.csv --orders-per-minute 5", "--orders-per-minute is for shapes"],
  ["--orders-per-minute=-5", '--orders-per-minute: "-5" is not a number of 0 or more'],
  ["--orders-per-minute many", '--orders-per-minute: "many" is not a number'],
  ["--orders-per-minute 0", "--orders-per-minute: there is nothing to plan for 0"],
  ["--cpu-request half", '--cpu-request: "half" is no amount of CPU; write it like 500m or 2'],
  ["--max-nodes 1.5", "--max-nodes: 1.5 is not a whole number; write 2"],
])("%s is refused with the remedy", (line, message) => {
  expect(() => parse(line)).toThrow(message);
});
