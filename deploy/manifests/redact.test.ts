import { expect, test } from "vitest";
import type { Path } from "../program/registration.ts";
import type { KubernetesObject, Manifest } from "./manifest.ts";
import { WITHHELD, withholdSecrets } from "./redact.ts";

const manifest = (object: KubernetesObject, secrets: Path[] = []): Manifest => ({
  key: "",
  object,
  secrets,
  needs: [],
});

test("a Secret loses every value and says so, and keeps its annotations", () => {
  const object = {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: "login", annotations: { team: "shop" } },
    type: "Opaque",
    data: { a: "c2VjcmV0" },
    stringData: { b: "secret" },
  };
  const withheld = withholdSecrets(manifest(object));
  expect(JSON.stringify(withheld)).not.toMatch(/secret|c2VjcmV0/);
  expect(withheld).toEqual({
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: "login", annotations: { team: "shop", "tradestack.dev/values-withheld": "true" } },
    type: "Opaque",
  });
});

test("elsewhere a word takes a secret's place, and the rest stays", () => {
  const object = {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "web", annotations: { checksum: "s3cret", team: "shop" } },
    spec: {
      env: [
        { name: "A", value: "a" },
        { name: "B", value: "s3cret" },
      ],
      login: { user: "s3cret", port: 1 },
    },
  };
  const secrets = [
    ["metadata", "annotations", "checksum"],
    ["spec", "env", 1, "value"],
    ["spec", "login"],
    ["spec", "gone"],
  ];
  expect(withholdSecrets(manifest(object, secrets))).toEqual({
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "web", annotations: { checksum: WITHHELD, team: "shop" } },
    spec: {
      env: [
        { name: "A", value: "a" },
        { name: "B", value: WITHHELD },
      ],
      login: { user: WITHHELD, port: WITHHELD },
    },
  });
  expect(object.spec.env[1]?.value).toBe("s3cret");
});
