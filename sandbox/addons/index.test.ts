import { describe, expect, it } from "vitest";
import { layoutOf } from "../node/layout.ts";
import { addons } from "./index.ts";

interface Deployment {
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly spec: {
    readonly template: {
      readonly spec: {
        readonly nodeSelector: Record<string, string>;
        readonly containers: readonly {
          readonly image: string;
          readonly resources: {
            readonly requests: Record<string, string>;
            readonly limits: Record<string, string>;
          };
          readonly securityContext: {
            readonly readOnlyRootFilesystem: boolean;
            readonly allowPrivilegeEscalation: boolean;
            readonly capabilities: { readonly drop: string[] };
          };
          readonly readinessProbe?: unknown;
        }[];
      };
    };
  };
}

const objects = addons(layoutOf("/srv/tradestack"), {
  pause: "pause:1",
  kube: "kube:1",
  traefik: "traefik:1",
});
const deployments: Deployment[] = objects
  .filter(({ kind }) => kind === "Deployment")
  .map((object) => JSON.parse(JSON.stringify(object)));

describe("addons", () => {
  it("are DNS, metrics, volumes and the ingress", () => {
    expect(deployments.map(({ metadata }) => metadata.name).sort()).toEqual([
      "coredns",
      "metrics-server",
      "traefik",
      "volume-provisioner",
    ]);
  });

  it.each(deployments.map((deployment) => [deployment.metadata.name, deployment] as const))(
    "%s asks for what it needs and may do no more",
    (_, deployment) => {
      for (const container of deployment.spec.template.spec.containers) {
        expect(Object.keys(container.resources.requests).sort()).toEqual(["cpu", "memory"]);
        expect(container.resources.limits.memory).toMatch(/^\d+Mi$/);
        expect(container.securityContext).toMatchObject({
          readOnlyRootFilesystem: true,
          allowPrivilegeEscalation: false,
        });
        expect(container.securityContext.capabilities.drop).toEqual(["ALL"]);
        expect(container.image).toMatch(/^(kube|traefik):1$/);
      }
    },
  );

  it("run on the first node, which is labelled before them: no other node is there at all times", () => {
    const node = objects.findIndex(({ kind }) => kind === "Node");
    expect(objects[node]?.metadata).toEqual({
      name: layoutOf("/srv/tradestack").nodeName,
      labels: { "node-role.kubernetes.io/control-plane": "" },
    });
    expect(node).toBeLessThan(objects.findIndex(({ kind }) => kind === "Deployment"));
    for (const { spec } of deployments) {
      expect(spec.template.spec.nodeSelector).toEqual({ "node-role.kubernetes.io/control-plane": "" });
    }
  });

  it("names each object once", () => {
    const names = objects.map(({ kind, metadata }) => `${kind} ${metadata.namespace ?? ""}/${metadata.name}`);
    expect(new Set(names).size).toBe(names.length);
  });

  it("makes one class of storage and one of ingress the default", () => {
    const defaults = objects.filter(({ metadata }) =>
      Object.keys(metadata.annotations ?? {}).some((key) => key.endsWith("is-default-class")),
    );
    expect(defaults.map(({ kind, metadata }) => `${kind} ${metadata.name}`)).toEqual([
      "IngressClass traefik",
      "StorageClass standard",
    ]);
  });
});
