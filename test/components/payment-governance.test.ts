import { expect, test } from "vitest";
import { rendered } from "../support/rendered.ts";

/** The specs of what the unmodified program of a stack makes for payment, by kind. */
async function payment(stack: string) {
  const { manifests } = await rendered(stack);
  return (kind: string) =>
    manifests.find(({ object }) => object.kind === kind && object.metadata.name === "payment")?.object.spec;
}

test.each(["staging", "prod"])("%s runs payment as it is to be governed", async (stack) => {
  const specOf = await payment(stack);
  expect(specOf("HorizontalPodAutoscaler")).toMatchObject({
    minReplicas: 3,
    scaleTargetRef: { name: "payment" },
  });
  expect(specOf("Deployment")).toMatchObject({
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
  expect(specOf("Service")).toMatchObject({ ports: [{ name: "http", port: 80, targetPort: "http" }] });
});
