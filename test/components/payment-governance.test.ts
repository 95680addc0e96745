import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { collect } from "../../deploy/program/collect.ts";

const root = join(import.meta.dirname, "..", "..");

// Each run is a process of its own: compiled code is kept from one to the next.
process.env.NODE_COMPILE_CACHE ??= join(root, "node_modules", ".cache", "node");

/** The specs of what the unmodified program of a stack makes for payment, by resource name. */
async function payment(stack: string) {
  const file = parse(readFileSync(join(root, `Pulumi.${stack}.yaml`), "utf8")) as {
    config: Record<string, unknown>;
  };
  const config = Object.entries(file.config).map(([key, value]) => [
    key,
    typeof value === "string" ? value : JSON.stringify(value),
  ]);
  const { resources } = await collect({
    project: "tradestack",
    stack,
    config: Object.fromEntries(config),
    secretKeys: ["tradestack:masterKey"],
    entry: join(root, "index.ts"),
  });
  return (name: string) => resources.find((resource) => resource.name === `payment-${name}`)?.inputs.spec;
}

test.each(["staging", "prod"])("%s runs payment as it is to be governed", async (stack) => {
  const specOf = await payment(stack);
  expect(specOf("autoscaler")).toMatchObject({ minReplicas: 3, scaleTargetRef: { name: "payment" } });
  expect(specOf("deployment")).toMatchObject({
    template: {
      spec: {
        containers: [
          {
            name: "payment",
            ports: expect.arrayContaining([{ name: "http", containerPort: 8080 }]),
            resources: {
              requests: { cpu: "500m", memory: "128Mi" },
              limits: { cpu: "1", memory: "256Mi" },
            },
          },
        ],
      },
    },
  });
  expect(specOf("service")).toMatchObject({ ports: [{ name: "http", port: 80, targetPort: "http" }] });
});
