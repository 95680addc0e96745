import { expect, test } from "vitest";
import { SANDBOX_REGISTRY } from "../images/tags.ts";
import { sandboxImagesOf } from "./images.ts";
import type { JsonObject } from "./program/registration.ts";

const manifest = (kind: string, spec: JsonObject) => ({
  key: kind,
  object: { apiVersion: "v1", kind, metadata: { name: "x" }, spec },
  secrets: [],
  needs: [],
});
const pod = (image: string, init?: string): JsonObject => ({
  template: {
    spec: { containers: [{ image }], ...(init === undefined ? {} : { initContainers: [{ image: init }] }) },
  },
});

test("every sandbox image of every kind of workload is found once; others are left to their registries", () => {
  expect(
    sandboxImagesOf([
      manifest("Deployment", pod(`${SANDBOX_REGISTRY}/order:1`, `${SANDBOX_REGISTRY}/order:1`)),
      manifest("CronJob", { jobTemplate: { spec: pod(`${SANDBOX_REGISTRY}/postgres:2`) } }),
      manifest("Job", pod("docker.io/library/redis:8")),
      manifest("Service", {}),
    ]),
  ).toEqual(["order", "postgres"]);
});
