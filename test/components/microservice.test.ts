import { describe, expect, test } from "vitest";
import type { MicroserviceArgs, MicroserviceOptions } from "../../components/microservice/args.ts";
import { versionOf } from "../../components/microservice/deployment.ts";
import { Microservice } from "../../components/microservice/microservice.ts";
import { containersOf, make } from "./support.ts";

const order: MicroserviceArgs = {
  namespace: "shop",
  image: "registry.example.com:5000/order:3f9a1c",
  scale: { min: 2, max: 12, cpuPercent: 70 },
  resources: { cpu: { request: "50m", limit: "1" }, memory: { request: "96Mi", limit: "256Mi" } },
  calls: ["catalog", "tax-office"],
  callers: ["gateway"],
  monitoringNamespace: "monitoring",
  stores: [{ name: "postgres", ports: [5432] }],
  secrets: [{ variable: "DATABASE_URL", secretName: "order-database", key: "url", checksum: "c0ffee" }],
  migrates: true,
};
const made = (changes: Partial<MicroserviceArgs> = {}, options?: MicroserviceOptions) =>
  make(() => {
    new Microservice("order", { ...order, ...changes }, options);
  });

describe("scaling", () => {
  test("the autoscaler owns the replicas, and aims at the Deployment that is there", async () => {
    const resources = await made();
    const deployment = resources.one("Deployment");
    expect(deployment.spec).not.toHaveProperty("replicas");
    const { scaleTargetRef, minReplicas, maxReplicas } = resources.one("HorizontalPodAutoscaler").spec;
    expect(scaleTargetRef).toEqual({
      apiVersion: "apps/v1",
      kind: "Deployment",
      name: deployment.metadata.name,
    });
    expect([minReplicas, maxReplicas]).toEqual([2, 12]);
  });

  test("without a range there is no autoscaler, and the Deployment says how many", async () => {
    const resources = await made({ scale: { min: 3, max: 3, cpuPercent: 70 } });
    expect(resources.all("HorizontalPodAutoscaler")).toEqual([]);
    expect(resources.one("Deployment").spec.replicas).toBe(3);
  });

  test("KEDA scales by the CPU, by the requests under way and by the clock, as fast as Kubernetes would", async () => {
    const byCpu = (await made()).one("HorizontalPodAutoscaler").spec;
    const resources = await made({
      scale: { ...order.scale, requestsInFlight: 20 },
      keda: {
        prometheusUrl: "http://prometheus.monitoring:9090",
        timeZone: "Europe/Berlin",
        reserve: [{ from: "22:00", to: "02:00", min: 6, days: ["fri"] }],
      },
    });
    expect(resources.all("HorizontalPodAutoscaler")).toEqual([]);
    const scaled = resources.objects().filter(({ kind }) => kind === "ScaledObject");
    expect(scaled).toMatchObject([
      {
        metadata: {
          name: "order",
          namespace: "shop",
          annotations: { "scaledobject.keda.sh/transfer-hpa-ownership": "true" },
        },
        spec: {
          scaleTargetRef: byCpu.scaleTargetRef,
          minReplicaCount: 2,
          maxReplicaCount: 12,
          advanced: { horizontalPodAutoscalerConfig: { name: "order", behavior: byCpu.behavior } },
          triggers: [
            { type: "cpu", metricType: "Utilization", metadata: { value: "70" } },
            {
              type: "prometheus",
              metadata: {
                serverAddress: "http://prometheus.monitoring:9090",
                query:
                  'sum(rate(http_server_request_duration_seconds_sum{namespace="shop",job="order"}[1m]))',
                threshold: "20",
              },
            },
            {
              type: "cron",
              metadata: {
                timezone: "Europe/Berlin",
                start: "0 22 * * 5",
                end: "0 2 * * 6",
                desiredReplicas: "6",
              },
            },
          ],
        },
      },
    ]);
  });

  test("one pod at a time may be taken away, but a service of one pod never blocks a drain", async () => {
    expect((await made()).one("PodDisruptionBudget").spec).toMatchObject({ maxUnavailable: 1 });
    const single = await made({ scale: { min: 1, max: 4, cpuPercent: 70 } });
    expect(single.all("PodDisruptionBudget")).toEqual([]);
  });
});

describe("rollout", () => {
  test("no pod goes before its successor is ready, and none is cut off", async () => {
    const { spec } = (await made()).one("Deployment");
    expect(spec.strategy.rollingUpdate).toEqual({ maxUnavailable: 0, maxSurge: "25%" });
    const [pod] = (await made({ lameDuckSeconds: 4, drainSeconds: 20 })).pods();
    expect(pod?.spec.containers[0]?.lifecycle.preStop.sleep.seconds).toBe(4);
    expect(pod?.spec.terminationGracePeriodSeconds).toBe(24);
  });

  test("a new credential replaces the pods, the same one does not", async () => {
    const annotations = async (checksum: string) => {
      const secrets = [{ variable: "DATABASE_URL", secretName: "order-database", key: "url", checksum }];
      return (await made({ secrets })).one("Deployment").spec.template.metadata?.annotations;
    };
    expect(await annotations("one")).toEqual(await annotations("one"));
    expect(await annotations("one")).not.toEqual(await annotations("two"));
  });
});

describe("a pod", () => {
  test("has no token and no way to gain privileges or to write anywhere but /tmp", async () => {
    const resources = await made();
    expect(resources.one("ServiceAccount").automountServiceAccountToken).toBe(false);
    const [pod] = resources.pods();
    expect(pod?.spec).toMatchObject({
      serviceAccountName: "order",
      automountServiceAccountToken: false,
      securityContext: { runAsNonRoot: true, runAsUser: 65532, seccompProfile: { type: "RuntimeDefault" } },
    });
    for (const container of pod === undefined ? [] : containersOf(pod)) {
      expect(container.securityContext).toEqual({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ["ALL"] },
      });
      const writable = container.volumeMounts.filter((mount) => mount.readOnly !== true);
      expect(writable.map((mount) => mount.mountPath)).toEqual(["/tmp"]);
    }
  });

  test("is told who it is, whom it calls, and where its credentials are", async () => {
    const [pod] = (await made({ environment: { PAGE_SIZE: "50" } })).pods();
    const { env = [] } = pod?.spec.containers[0] ?? {};
    expect(Object.fromEntries(env.map(({ name, value }) => [name, value]))).toEqual({
      SERVICE_NAME: "order",
      SERVICE_VERSION: "3f9a1c",
      POD_NAME: undefined,
      LOG_LEVEL: "info",
      CATALOG_URL: "http://catalog",
      TAX_OFFICE_URL: "http://tax-office",
      DATABASE_URL_FILE: "/run/secrets/tradestack/database-url",
      PAGE_SIZE: "50",
    });
    expect(pod?.spec.volumes).toContainEqual({
      name: "secrets",
      projected: {
        defaultMode: 0o440,
        sources: [{ secret: { name: "order-database", items: [{ key: "url", path: "database-url" }] } }],
      },
    });
  });

  test("is probed on the admin port, which no Service leads to", async () => {
    const resources = await made();
    const [container] = resources.pods()[0]?.spec.containers ?? [];
    expect(container?.ports).toContainEqual({ name: "admin", containerPort: 9090 });
    for (const kind of ["startupProbe", "readinessProbe", "livenessProbe"] as const) {
      expect(container?.[kind].httpGet.port).toBe("admin");
    }
    expect(resources.one("Service").spec.ports).toEqual([{ name: "http", port: 80, targetPort: "http" }]);
  });

  test("prepares its database with the same image, and only where it has one", async () => {
    const [pod] = (await made()).pods();
    expect(pod?.spec.initContainers[0]).toMatchObject({ image: order.image, args: ["migrate"] });
    expect(pod?.spec.initContainers[0]).not.toHaveProperty("readinessProbe");
    const [plain] = (await made({ migrates: false })).pods();
    expect(plain?.spec).not.toHaveProperty("initContainers");
  });
});

describe("the network policy", () => {
  const peers = (...names: string[]) =>
    names.map((name) => ({ podSelector: { matchLabels: { "app.kubernetes.io/name": name } } }));
  const tcp = (port: number) => [{ protocol: "TCP", port }];

  test("lets in callers and monitoring, and out to callees, stores and DNS", async () => {
    const { ingress, egress } = (await made()).one("NetworkPolicy").spec;
    expect(ingress).toEqual([
      { from: peers("gateway"), ports: tcp(8080) },
      {
        from: [{ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "monitoring" } } }],
        ports: tcp(9090),
      },
    ]);
    const [dns, ...others] = egress;
    expect(dns?.ports.map((port) => port.port)).toEqual([53, 53]);
    expect(others).toEqual([
      { to: peers("catalog", "tax-office"), ports: tcp(8080) },
      { to: peers("postgres"), ports: tcp(5432) },
    ]);
  });

  test("lets nobody in where nobody was named: an empty list of peers would mean everybody", async () => {
    const alone = { calls: [], callers: [], stores: [] };
    const resources = await make(() => {
      const { monitoringNamespace: _, ...args } = order;
      new Microservice("order", { ...args, ...alone });
    });
    const { ingress, egress, policyTypes } = resources.one("NetworkPolicy").spec;
    expect(policyTypes).toEqual(["Ingress", "Egress"]);
    expect(ingress).toEqual([]);
    expect(egress).toHaveLength(1);
  });
});

test("a transform changes one child and leaves the others alone", async () => {
  const resources = await made(
    {},
    { transform: { service: (built) => ({ ...built, spec: { ...built.spec, type: "LoadBalancer" } }) } },
  );
  expect(resources.one("Service").spec.type).toBe("LoadBalancer");
  expect(resources.one("Service").spec.ports).toHaveLength(1);
});

test.each([
  ["order", "latest"],
  ["registry:5000/order", "latest"],
  ["registry:5000/order:1.2", "1.2"],
  ["docker.io/library/order@sha256:abc", "sha256:abc"],
])("the version of %s is %s", (image, version) => expect(versionOf(image)).toBe(version));
