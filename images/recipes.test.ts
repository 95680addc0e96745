import { describe, expect, test } from "vitest";
import { buildOrder, fromName, RUNTIME, recipeOf } from "./recipes.ts";
import { readRepositoryFile } from "./repository.ts";

const images = [
  "debian",
  "node",
  "distroless",
  "postgres",
  "redis",
  "rabbitmq",
  "prometheus",
  "kube-state-metrics",
  "jaeger",
  RUNTIME,
  "gateway",
];

test.each(images)("%s names every image that its Dockerfile is built upon", (name) => {
  const { folder, bases } = recipeOf(name);
  const stages = new Set<string | undefined>(["scratch"]);
  const froms: (string | undefined)[] = [];
  for (const [, from, stage] of readRepositoryFile(`${folder}/Dockerfile`)
    .toString()
    .matchAll(/^FROM (\S+)(?: AS (\S+))?$/gm)) {
    if (!stages.has(from)) froms.push(from);
    stages.add(stage);
  }
  // A service's Dockerfile begins with the stages of its runtime.
  const answered = [...bases, ...(bases.includes(RUNTIME) ? recipeOf(RUNTIME).bases : [])].map(fromName);
  expect(froms.filter((from) => !answered.includes(from ?? ""))).toEqual([]);
});

describe("the build order", () => {
  const order = (...wanted: string[]) => buildOrder(wanted).map(({ name }) => name);

  test("puts each image once, after what it is built upon", () => {
    expect(order("redis")).toEqual(["debian", "redis"]);
    expect(order("gateway", "redis", "catalog")).toEqual([
      "debian",
      "node",
      "distroless",
      "runtime",
      "gateway",
      "redis",
      "catalog",
    ]);
  });

  test("refuses an image that nobody knows how to make", () => {
    expect(() => order("redis", "mysql")).toThrow(/image "mysql": there is no recipe for it/);
  });
});
