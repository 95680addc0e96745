import { expect, test } from "vitest";
import { container, deployment, judge, places, podSpec, withContainer } from "../test/objects.ts";
import { resources } from "./resources.ts";

test("a container that says what it needs and may use passes", () => {
  expect(judge(resources, deployment())).toEqual([]);
});

test("each of the four amounts is asked for, of what runs first, too", () => {
  const bare = container({ resources: { limits: { memory: "1Gi" } } });
  const found = places(resources, deployment(podSpec({ initContainers: [bare], containers: [container()] })));
  const at = "spec.template.spec.initContainers[0].resources";
  expect(found).toEqual([`${at}.requests.cpu`, `${at}.limits.cpu`, `${at}.requests.memory`]);
  expect(places(resources, withContainer({ resources: {} }))).toHaveLength(4);
});

test.each([
  [{ cpu: "2", memory: "64Mi" }, "requests.cpu"],
  [{ cpu: 1.5, memory: "64Mi" }, "requests.cpu"],
  [{ cpu: "1000m", memory: "0.2Gi" }, "requests.memory"],
])("a request above the limit is refused (%o)", (requests, path) => {
  const limits = { cpu: "1", memory: "128Mi" };
  const found = places(resources, withContainer({ resources: { requests, limits } }));
  expect(found).toEqual([`spec.template.spec.containers[0].resources.${path}`]);
});
