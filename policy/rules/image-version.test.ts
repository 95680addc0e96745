import { expect, test } from "vitest";
import { container, deployment, judge, podSpec, withContainer } from "../test/objects.ts";
import { imageVersion } from "./image-version.ts";

test.each([
  "registry.example.com/shop/order:1.4.2",
  "registry.example.com:5000/order:1",
  `postgres@sha256:${"a".repeat(64)}`,
  `postgres:latest@sha256:${"a".repeat(64)}`,
])("%s says which version it is", (image) => {
  expect(judge(imageVersion, withContainer({ image }))).toEqual([]);
});

test.each([
  ["postgres", "has no tag"],
  ["registry.example.com:5000/order", "has no tag"],
  ["order:latest", "is tagged latest"],
])("%s is refused: %s", (image, problem) => {
  expect(judge(imageVersion, withContainer({ image }))).toEqual([
    {
      resource: "Deployment.apps shop/web",
      path: "spec.template.spec.containers[0].image",
      message: `image ${image} ${problem}; name a version, or a digest (@sha256:…)`,
    },
  ]);
});

test("what runs first counts, too; an image that only a deployment knows does not", () => {
  const spec = podSpec({
    initContainers: [container({ image: "busybox" })],
    containers: [container({ image: null })],
  });
  expect(judge(imageVersion, deployment(spec)).map(({ path }) => path)).toEqual([
    "spec.template.spec.initContainers[0].image",
  ]);
});
