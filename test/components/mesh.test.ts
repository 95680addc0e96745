import type { ChartArgs } from "@pulumi/kubernetes/helm/v4/chart.js";
import { describe, expect, test } from "vitest";
import type { MeshArgs } from "../../components/mesh/args.ts";
import { meshOf } from "../../components/mesh/membership.ts";
import type { MeshObject } from "../../components/mesh/mesh.ts";
import { ServiceMesh } from "../../components/mesh/service-mesh.ts";
import type { MicroserviceArgs } from "../../components/microservice/args.ts";
import { Microservice } from "../../components/microservice/microservice.ts";
import { type Made, make } from "./support.ts";

const order: MicroserviceArgs = {
  namespace: "shop",
  image: "registry.example.com/order:3f9a1c",
  scale: { min: 2, max: 12, cpuPercent: 70 },
  resources: { cpu: { request: "50m", limit: "1" }, memory: { request: "96Mi", limit: "256Mi" } },
  calls: ["catalog"],
  callers: ["gateway", "payment"],
  monitoringNamespace: "monitoring",
  stores: [
    { name: "redis", ports: [6379, 26379] },
    { name: "postgres", ports: [5432] },
  ],
};
const programs = new Map<string, Promise<Made>>();
/** A service in a mesh, made once for all tests that look at the same. */
const made = (mesh: MeshArgs, changes: Partial<MicroserviceArgs> = {}): Promise<Made> => {
  const key = JSON.stringify([mesh, changes]);
  const known =
    programs.get(key) ??
    make(() => {
      new Microservice("order", { ...order, mesh, ...changes });
    });
  programs.set(key, known);
  return known;
};
/** By name: they are made in no particular order. */
const meshObjects = (resources: Made) =>
  (
    resources
      .objects()
      .filter(({ apiVersion }) => /linkerd|istio/.test(apiVersion)) as unknown as MeshObject[]
  ).sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
const specs = (resources: Made, kind: string) =>
  Object.fromEntries(
    meshObjects(resources)
      .filter((object) => object.kind === kind)
      .map(({ metadata, spec }) => [metadata.name, spec]),
  );
const pod = (resources: Made) => resources.one("Deployment").spec.template.metadata;
/** Ports of the rules of a NetworkPolicy that are for a peer. */
const portsTo = (resources: Made, peer: string) => {
  const { ingress, egress } = resources.one("NetworkPolicy").spec;
  const rules = [
    ...ingress.map((rule) => ({ ...rule, peers: rule.from })),
    ...egress.map((rule) => ({ ...rule, peers: rule.to })),
  ];
  return rules
    .filter(({ peers }) => JSON.stringify(peers).includes(`"${peer}"`))
    .flatMap(({ ports }) => ports.map(({ port }) => port));
};

test("without a mesh nothing speaks of one", async () => {
  const { mesh: _, ...plain } = { ...order, mesh: undefined };
  const resources = await make(() => {
    new Microservice("order", plain);
  });
  expect(JSON.stringify(resources.objects())).not.toMatch(/linkerd|istio/);
});

test("a mesh that does not exist is refused with the nearest one", async () => {
  expect(() => meshOf("linkered")).toThrow(
    /"linkered" is none of linkerd, istio \(did you mean "linkerd"\?\)/,
  );
});

describe("in Linkerd", () => {
  test("the proxy is injected with requests of its own, and lets connections to stores pass by", async () => {
    expect(pod(await made({ kind: "linkerd" }))?.annotations).toEqual({
      "linkerd.io/inject": "enabled",
      "config.linkerd.io/default-inbound-policy": "deny",
      "config.beta.linkerd.io/proxy-enable-native-sidecar": "true",
      "config.linkerd.io/proxy-cpu-request": "20m",
      "config.linkerd.io/proxy-cpu-limit": "500m",
      "config.linkerd.io/proxy-memory-request": "32Mi",
      "config.linkerd.io/proxy-memory-limit": "192Mi",
      "config.linkerd.io/skip-outbound-ports": "5432,6379,26379",
    });
  });

  test("only the declared callers get in, by their ServiceAccounts, and Prometheus to the metrics", async () => {
    const resources = await made({ kind: "linkerd" });
    expect(specs(resources, "MeshTLSAuthentication")).toEqual({
      "order-callers": {
        identityRefs: [
          { kind: "ServiceAccount", name: "gateway" },
          { kind: "ServiceAccount", name: "payment" },
        ],
      },
    });
    const admitted = Object.values(specs(resources, "AuthorizationPolicy")) as {
      targetRef: { name: string };
      requiredAuthenticationRefs: { kind: string; name: string }[];
    }[];
    expect(
      admitted.map(({ targetRef, requiredAuthenticationRefs }) => [
        targetRef.name,
        ...requiredAuthenticationRefs.map(({ kind, name }) => `${kind} ${name}`),
      ]),
    ).toEqual([
      ["order-admin", "NetworkAuthentication order-network"],
      ["order-http", "MeshTLSAuthentication order-callers"],
    ]);
  });

  test("every reference leads to an object that is there, and every Server to a port of the pod", async () => {
    const resources = await made({ kind: "linkerd" }, { ingressNamespace: "traefik" });
    const there = new Set(meshObjects(resources).map(({ kind, metadata }) => `${kind}/${metadata.name}`));
    const policies = Object.values(specs(resources, "AuthorizationPolicy")) as {
      targetRef: { kind: string; name: string };
      requiredAuthenticationRefs: { kind: string; name: string }[];
    }[];
    expect(policies).toHaveLength(3);
    for (const { targetRef, requiredAuthenticationRefs } of policies) {
      for (const { kind, name } of [targetRef, ...requiredAuthenticationRefs]) {
        expect(there).toContain(`${kind}/${name}`);
      }
    }
    const ports = resources.pods()[0]?.spec.containers[0]?.ports.map(({ name }) => name);
    const served = Object.values(specs(resources, "Server")) as { port: string; accessPolicy: string }[];
    expect(served.map(({ port }) => port).sort()).toEqual(ports?.sort());
    expect(served.map(({ accessPolicy }) => accessPolicy)).toEqual(["deny", "deny"]);
  });

  test("proxies reach each other and their control plane, and nobody else gets further than before", async () => {
    const resources = await made({ kind: "linkerd" });
    expect(portsTo(resources, "gateway")).toEqual([8080, 4143]);
    expect(portsTo(resources, "catalog")).toEqual([8080, 4143]);
    expect(portsTo(resources, "monitoring")).toEqual([9090, 4191]);
    expect(portsTo(resources, "linkerd")).toEqual([8080, 8086, 8090]);
    expect(portsTo(resources, "postgres")).toEqual([5432]);
  });

  test("reads are repeated, writes are not, and neither waits for ever", async () => {
    const resources = await made({ kind: "linkerd", timeoutSeconds: 8, readRetries: 2 });
    const routes = meshObjects(resources).filter(({ kind }) => kind === "HTTPRoute");
    expect(routes.map(({ metadata }) => metadata.annotations)).toEqual([
      {
        "timeout.linkerd.io/request": "8s",
        "retry.linkerd.io/http": "gateway-error",
        "retry.linkerd.io/limit": "2",
      },
      { "timeout.linkerd.io/request": "8s" },
    ]);
    expect(JSON.stringify(routes[0]?.spec)).toContain('"matches":[{"method":"GET"},{"method":"HEAD"}]');
    expect(JSON.stringify(routes[1]?.spec)).not.toContain("matches");
  });

  test("while a platform joins, everybody gets in", async () => {
    const resources = await made({ kind: "linkerd", strict: false });
    expect(specs(resources, "AuthorizationPolicy")).toEqual({});
    expect(pod(resources)?.annotations).toMatchObject({
      "config.linkerd.io/default-inbound-policy": "all-unauthenticated",
    });
  });
});

describe("in Istio", () => {
  test("the proxy is injected with requests of its own, and lets connections to stores pass by", async () => {
    const metadata = pod(await made({ kind: "istio" }));
    expect(metadata?.labels).toMatchObject({ "sidecar.istio.io/inject": "true" });
    expect(metadata?.annotations).toMatchObject({
      "sidecar.istio.io/nativeSidecar": "true",
      "sidecar.istio.io/proxyCPU": "20m",
      "traffic.sidecar.istio.io/excludeOutboundPorts": "5432,6379,26379",
    });
    // A selector cannot change: the label is of the pods alone.
    expect(JSON.stringify((await made({ kind: "istio" })).one("Deployment").spec.selector)).not.toContain(
      "istio",
    );
  });

  test("only the declared callers get in, by their ServiceAccounts, and Prometheus to the metrics", async () => {
    const resources = await made({ kind: "istio" });
    expect(specs(resources, "AuthorizationPolicy").order).toMatchObject({
      action: "ALLOW",
      rules: [
        {
          from: [
            {
              source: {
                principals: ["cluster.local/ns/shop/sa/gateway", "cluster.local/ns/shop/sa/payment"],
              },
            },
          ],
          to: [{ operation: { ports: ["8080"] } }],
        },
        { to: [{ operation: { ports: ["9090"] } }] },
      ],
    });
    expect(specs(resources, "PeerAuthentication").order).toMatchObject({
      mtls: { mode: "STRICT" },
      portLevelMtls: { "9090": { mode: "PERMISSIVE" } },
    });
    expect(portsTo(resources, "istio-system")).toEqual([15012]);
    expect(portsTo(resources, "gateway")).toEqual([8080]);
  });

  test("a service that nobody may call has a policy that lets nobody in", async () => {
    const { monitoringNamespace: _, ...alone } = order;
    const resources = await make(() => {
      new Microservice("order", { ...alone, callers: [], mesh: { kind: "istio" } });
    });
    // No rule means nobody; no policy would mean everybody.
    expect(specs(resources, "AuthorizationPolicy").order).toMatchObject({ action: "ALLOW", rules: [] });
  });

  test("the public gets in by plain HTTP only where the ingress controller is not in the mesh", async () => {
    const plain = await made({ kind: "istio" }, { ingressNamespace: "traefik" });
    expect(specs(plain, "PeerAuthentication").order).toMatchObject({
      portLevelMtls: { "8080": { mode: "PERMISSIVE" } },
    });
    const meshed = await made({ kind: "istio", ingressAccount: "traefik" }, { ingressNamespace: "edge" });
    expect(JSON.stringify(specs(meshed, "PeerAuthentication"))).not.toContain('"8080"');
    expect(JSON.stringify(specs(meshed, "AuthorizationPolicy"))).toContain(
      "cluster.local/ns/edge/sa/traefik",
    );
  });

  test("reads are repeated, writes are not, and a replica that fails is left alone", async () => {
    const resources = await made({ kind: "istio" });
    expect(specs(resources, "VirtualService").order).toMatchObject({
      hosts: ["order"],
      http: [
        {
          timeout: "10s",
          retries: { attempts: 1 },
          match: [{ method: { exact: "GET" } }, { method: { exact: "HEAD" } }],
        },
        { timeout: "10s", retries: { attempts: 0 } },
      ],
    });
    expect(specs(resources, "DestinationRule").order).toMatchObject({
      trafficPolicy: { outlierDetection: { consecutiveGatewayErrors: 7, maxEjectionPercent: 50 } },
    });
  });

  test("while a platform joins, everybody gets in", async () => {
    const resources = await made({ kind: "istio", strict: false });
    expect(specs(resources, "AuthorizationPolicy")).toEqual({});
    expect(specs(resources, "PeerAuthentication").order).toMatchObject({ mtls: { mode: "PERMISSIVE" } });
  });
});

test("a transform reaches every object of the mesh", async () => {
  const resources = await make(() => {
    const meshObject = (built: MeshObject) => ({ ...built, spec: { ...built.spec, marked: true } });
    new Microservice("order", { ...order, mesh: { kind: "istio" } }, { transform: { meshObject } });
  });
  expect(meshObjects(resources)).toHaveLength(4);
  for (const { spec } of meshObjects(resources)) expect(spec).toMatchObject({ marked: true });
});

describe("the control plane", () => {
  const charts = (resources: Made) =>
    resources.resources
      .filter(({ type }) => type === "kubernetes:helm.sh/v4:Chart")
      .map(({ inputs }) => inputs as { chart: string; version: string; values: Record<string, unknown> });
  const installed = (kind: string, imageMirror?: string) =>
    make(() => {
      new ServiceMesh("mesh", { kind, ...(imageMirror === undefined ? {} : { imageMirror }) });
    });

  test("Linkerd comes by its charts, with certificates that an update does not change", async () => {
    const resources = await installed("linkerd", "registry.example.com/mirror");
    expect(charts(resources).map(({ chart }) => chart)).toEqual([
      "linkerd-crds",
      "linkerd2-cni",
      "linkerd-control-plane",
    ]);
    for (const { version } of charts(resources)) expect(version).toMatch(/^\d+\.\d+\.\d+$/);
    expect(charts(resources)[2]?.values).toMatchObject({
      cniEnabled: true,
      disableHeartBeat: true,
      controllerReplicas: 2,
      controllerImage: "registry.example.com/mirror/cr.l5d.io/linkerd/controller",
    });
    const signed = resources.resources.filter(({ type }) => type.endsWith(":LocallySignedCert"));
    expect(signed.filter(({ inputs }) => inputs.isCaCertificate === true)).toHaveLength(1);
    expect(signed).toHaveLength(4);
    for (const { metadata } of resources.all("Namespace")) {
      const exception = metadata.annotations?.["policy.tradestack.dev/restricted-pods"];
      expect(exception !== undefined, metadata.name).toBe(metadata.name === "linkerd-cni");
    }
    const levels = resources
      .all("Namespace")
      .map(({ metadata }) => [metadata.name, metadata.labels["pod-security.kubernetes.io/enforce"]]);
    expect(levels.sort()).toEqual([
      ["linkerd", "restricted"],
      ["linkerd-cni", "privileged"],
    ]);
  });

  test("a transform reaches every chart", async () => {
    const chart = (built: ChartArgs) => ({ ...built, values: { ...built.values, marked: true } });
    const resources = await make(() => {
      new ServiceMesh("mesh", { kind: "istio" }, { transform: { chart } });
    });
    for (const { values } of charts(resources)) expect(values).toMatchObject({ marked: true });
  });

  test("Istio comes by its charts, and pods need no privilege to take part", async () => {
    const resources = await installed("istio");
    expect(charts(resources).map(({ chart }) => chart)).toEqual(["base", "cni", "istiod"]);
    expect(charts(resources)[2]?.values).toMatchObject({
      global: { hub: "docker.io/istio" },
      cni: { enabled: true },
      replicaCount: 2,
    });
  });

  test("replicas of Istio's control plane are apart, and one that is alone needs no other node", async () => {
    const values = async (controlReplicas: number) => {
      const resources = await make(() => {
        new ServiceMesh("mesh", { kind: "istio", controlReplicas });
      });
      return charts(resources)[2]?.values;
    };
    expect(await values(2)).toMatchObject({
      affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [expect.anything()] } },
      rollingMaxUnavailable: 1,
    });
    expect(await values(1)).not.toHaveProperty("affinity");
  });
});
