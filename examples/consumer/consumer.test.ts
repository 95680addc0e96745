import * as pulumi from "@pulumi/pulumi";
import { expect, test } from "vitest";
import { make } from "../../test/components/support.ts";

const SECRETS = ["password", "replicaPassword", "sentinelPassword", "probePassword"];

test("the example makes a service that reads its cache's address from a Secret, and lets nobody else in", async () => {
  const made = await make(
    async () => {
      const values = {
        namespace: "wishes",
        image: "registry.example.com/wishes/wishlist:1",
        shop: "acme/tradestack/prod",
      };
      const secrets = Object.fromEntries(SECRETS.map((name) => [name, `${name}-value`]));
      const config = Object.entries({ ...values, ...secrets }).map(([key, value]) => [
        `consumer:${key}`,
        value,
      ]);
      pulumi.runtime.setAllConfig(
        Object.fromEntries(config),
        SECRETS.map((name) => `consumer:${name}`),
      );
      await import("./index.ts");
    },
    {},
    { "acme/tradestack/prod": { environment: "prod", namespace: "shop", kubeconfig: "a-kubeconfig" } },
  );
  const provider = made.resources.find(({ type }) => type === "pulumi:providers:kubernetes");
  expect(provider?.inputs).toEqual({ kubeconfig: "a-kubeconfig" });
  expect(made.all("Namespace")).toEqual([]);
  expect(new Set(made.objects().map(({ metadata }) => metadata.namespace))).toEqual(new Set(["wishes"]));
  const deployment = made.one("Deployment", "wishlist");
  expect(deployment.metadata.annotations).toMatchObject({ team: "wishes" });
  expect(deployment.spec.template.spec?.containers[0]?.env.map(({ name }) => name)).toContain(
    "REDIS_URL_FILE",
  );
  expect(made.one("HorizontalPodAutoscaler").spec).toMatchObject({ minReplicas: 2, maxReplicas: 6 });
  expect(made.one("Secret", "wishlist-wishlist-cache").stringData.url).toContain("wishlist:password-value@");
  const policy = made.one("NetworkPolicy", "wishlist-cache");
  expect(JSON.stringify(policy.spec.ingress)).toContain('"wishlist"');
});
