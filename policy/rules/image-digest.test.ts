import { expect, test } from "vitest";
import { judge, PROD, withContainer } from "../test/objects.ts";
import { imageDigest } from "./image-digest.ts";

test.each([
  `docker.io/library/postgres:17.6@sha256:${"0".repeat(64)}`,
  // As images/tags.ts makes them.
  "registry.example.com/tradestack/order:3570b9088de9004d",
])("%s is pinned", (image) => {
  expect(judge(imageDigest, withContainer({ image }))).toEqual([]);
});

test.each(["docker.io/library/postgres:17.6", "order:v3570b9088de9004d", "order@sha256:0", "order"])(
  "%s is not",
  (image) => {
    const [found] = judge(imageDigest, withContainer({ image }));
    expect(found).toMatchObject({ path: "spec.template.spec.containers[0].image" });
    expect(found?.message).toContain("add its digest");
    expect(found).not.toHaveProperty("enforcement");
  },
);

test("is only told where a digest comes with the deployment", () => {
  const manifests = [withContainer({ image: "postgres:17.6" })];
  const found = imageDigest.check({ manifests, resources: [] }, { ...PROD, digestsAtDeployment: true });
  expect(found).toMatchObject([{ enforcement: "advisory" }]);
});
