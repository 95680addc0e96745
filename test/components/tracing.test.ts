import { beforeAll, describe, expect, test } from "vitest";
import { KeyRing } from "../../components/credentials.ts";
import { Platform } from "../../components/platform/platform.ts";
import { jaegerConfiguration } from "../../components/tracing/configuration.ts";
import { TraceStore } from "../../components/tracing/trace-store.ts";
import { services } from "../../services/index.ts";
import { parseSettings } from "../../settings.ts";
import { containersOf, type Made, make } from "./support.ts";

const NAMESPACE = "shop";

describe("a store of traces", () => {
  let made: Made;
  beforeAll(async () => {
    made = await make(() => {
      new TraceStore("jaeger", {
        namespace: NAMESPACE,
        image: "jaeger:2",
        storage: "5Gi",
        clients: ["order", "cart"],
        monitoringNamespace: "monitoring",
        retention: "24h",
      });
    });
  });

  test("takes spans from its clients, shows them to Grafana's namespace, and goes nowhere but to DNS", () => {
    const { spec } = made.one("NetworkPolicy", "jaeger");
    expect(spec.ingress.map(({ ports }) => ports.map(({ port }) => port))).toEqual([[4318], [16686]]);
    expect(JSON.stringify(spec.ingress[0])).toContain("order");
    expect(JSON.stringify(spec.ingress[1])).toContain("monitoring");
    expect(spec.egress).toHaveLength(1);
  });

  test("keeps spans on its volume for as long as it is told", () => {
    const { data } = made.one("ConfigMap", "jaeger");
    const configuration: ReturnType<typeof jaegerConfiguration> = JSON.parse(data["config.json"] ?? "");
    expect(configuration).toEqual(jaegerConfiguration("24h"));
    const [container] = made.pods().flatMap(containersOf);
    const mounts = container?.volumeMounts.map(({ mountPath }) => mountPath) ?? [];
    const { directories } = configuration.extensions.jaeger_storage.backends.spans?.badger ?? {};
    expect(directories?.keys).toMatch(new RegExp(`^${mounts[0]}/`));
    expect(container?.args).toEqual([`--config=file:${mounts[1]}/config.json`]);
  });
});

describe("a receiver that somebody else runs", () => {
  const order = services.filter(({ name }) => name === "order" || name === "catalog" || name === "payment");
  const platform = (endpoint: string) =>
    make(() => {
      const tracing = { kind: "otlp", endpoint, ratio: 0.5 };
      const raw = { environment: "staging", cluster: { kind: "existing", context: "c" }, tracing };
      new Platform("tradestack", {
        settings: parseSettings(raw, "staging", {}),
        services: order,
        images: { service: (name) => `${name}:1`, thirdParty: (name) => `${name}:1` },
        keys: new KeyRing(Buffer.alloc(32, 7).toString("base64")),
      });
    });

  test.each([
    ["http://collector:4318", 4318, '{"podSelector":{"matchLabels":{"app.kubernetes.io/name":"collector"}}}'],
    [
      "http://collector.observability.svc.cluster.local:4318/",
      4318,
      '{"namespaceSelector":{"matchLabels":{"kubernetes.io/metadata.name":"observability"}}}',
    ],
    ["http://10.1.2.3", 80, '{"ipBlock":{"cidr":"10.1.2.3/32"}}'],
    ["https://otlp.example.com", 443, '"except":["10.0.0.0/8"'],
  ])("%s is what services are told, and where they get out to on its port", async (endpoint, port, peer) => {
    const made = await platform(endpoint);
    expect(made.all("StatefulSet").map(({ metadata }) => metadata.name)).not.toContain("jaeger");
    const rules = made
      .one("NetworkPolicy", "order")
      .spec.egress.filter(({ ports }) => ports[0]?.port === port);
    expect(rules).toHaveLength(1);
    expect(JSON.stringify(rules[0]?.to)).toContain(peer);
    const [container] = made
      .pods()
      .filter(({ owner }) => owner === "order")
      .flatMap(containersOf);
    expect(container?.env).toEqual(
      expect.arrayContaining([
        { name: "OTEL_EXPORTER_OTLP_ENDPOINT", value: endpoint },
        { name: "OTEL_TRACES_SAMPLER_ARG", value: "0.5" },
      ]),
    );
  });
});
