import { beforeAll, describe, expect, test } from "vitest";
import type { MonitoringStackArgs } from "../../components/monitoring/args.ts";
import { OperatorMonitors } from "../../components/monitoring/operator.ts";
import { MonitoringStack } from "../../components/monitoring/stack.ts";
import { scrapeTargets } from "../../components/platform/targets.ts";
import { parseQuantity } from "../../components/quantity.ts";
import { services } from "../../services/index.ts";
import { parseSettings } from "../../settings.ts";
import { containersOf, type Made, make } from "./support.ts";

const settings = parseSettings({ environment: "dev", cluster: { kind: "sandbox" } }, "dev", {});
const targets = scrapeTargets(settings, services);
const args: MonitoringStackArgs = {
  environment: "dev",
  images: { prometheus: "prometheus:1", alertmanager: "alertmanager:1", nodeExporter: "node-exporter:1" },
  targets,
  rules: JSON.stringify({ groups: [] }),
  containerMetrics: ["container_cpu_usage_seconds_total"],
  kubeletMetrics: ["kubelet_volume_stats_available_bytes"],
  storage: "10Gi",
};
const stack = (changes: Partial<MonitoringStackArgs> = {}) =>
  make(() => {
    new MonitoringStack("monitoring", { ...args, ...changes });
  });
const configuration = (made: Made) =>
  JSON.parse(made.one("ConfigMap", "prometheus").data["prometheus.yml"] ?? "");
const egress = (made: Made, name: string) =>
  made
    .one("NetworkPolicy", name)
    .spec.egress.flatMap((rule) => rule.to.map((peer) => [peer, rule.ports.map(({ port }) => port)]));

let plain: Made;
let whole: Made;
beforeAll(async () => {
  plain = await stack();
  whole = await stack({
    images: {
      ...args.images,
      kubeStateMetrics: "state:1",
      blackboxExporter: "blackbox:1",
      grafana: "grafana:1",
      viewer: "viewer:1",
    },
    viewer: { dashboards: '{"capacity":{}}' },
    queriers: ["keda"],
    stateMetrics: ["kube_deployment_spec_replicas"],
    publicUrls: ["https://shop.example.com/"],
    alertWebhook: "https://example.com/hooks/s3cret",
    grafana: {
      adminPassword: "pw-grafana",
      dashboards: { order: "{}" },
      host: "grafana.example.com",
      tracesUrl: "http://jaeger.shop:16686",
      logsUrl: "http://loki.logs:3100",
    },
  });
});

test("names stay what they are: another name is another resource, and the old one is deleted with its data", async () => {
  await expect(`${whole.urns.join("\n")}\n`).toMatchFileSnapshot("urns.monitoring.txt");
});

describe("every pod", () => {
  test("is restricted, on every node too, and only those that ask the API server have a token", () => {
    for (const pod of whole.pods()) {
      expect(pod.spec.automountServiceAccountToken, pod.owner).toBe(
        ["prometheus", "kube-state-metrics"].includes(pod.owner),
      );
      expect(pod.spec.securityContext.runAsNonRoot, pod.owner).toBe(true);
      expect(JSON.stringify(pod.spec), pod.owner).not.toMatch(/hostPath|hostNetwork|hostPID/);
      for (const container of containersOf(pod)) {
        expect(container.securityContext).toMatchObject({
          readOnlyRootFilesystem: true,
          capabilities: { drop: ["ALL"] },
        });
      }
    }
    expect(
      whole
        .pods()
        .map((pod) => pod.owner)
        .sort(),
    ).toEqual([
      "alertmanager",
      "blackbox-exporter",
      "grafana",
      "kube-state-metrics",
      "node-exporter",
      "prometheus",
      "viewer",
    ]);
  });

  test("is replaced when what it reads changes", async () => {
    const annotations = (made: Made, owner: string) =>
      made.one("StatefulSet", owner).spec.template.metadata?.annotations;
    const changed = await stack({ rules: JSON.stringify({ groups: [{ name: "a", rules: [] }] }) });
    expect(annotations(changed, "prometheus")).not.toEqual(annotations(plain, "prometheus"));
    expect(annotations(changed, "alertmanager")).toEqual(annotations(plain, "alertmanager"));
    expect(annotations(whole, "alertmanager")).not.toEqual(annotations(plain, "alertmanager"));
  });

  test("all of them together request less than half a GiB in the plain form", () => {
    const requests = plain
      .pods()
      .flatMap((pod) => pod.spec.containers)
      .map(({ resources }) => parseQuantity(resources.requests?.memory ?? "") ?? Number.NaN);
    expect(requests.reduce((sum, request) => sum + request, 0)).toBeLessThan(2 ** 29);
  });
});

describe("Prometheus", () => {
  test("finds every service, each store, and the nodes", () => {
    const { scrape_configs: jobs } = configuration(plain) as { scrape_configs: { job_name: string }[] };
    expect(jobs.map((job) => job.job_name)).toEqual([
      "services",
      "postgres",
      "redis-0",
      "redis-1",
      "redis-2",
      "rabbitmq",
      "rabbitmq-queues",
      "node",
      "kubelet",
      "cadvisor",
      "prometheus",
      "alertmanager",
    ]);
  });

  test("asks the exporter for each Redis server, and says which one it is", () => {
    const job = configuration(plain).scrape_configs.find(
      (one: { job_name: string }) => one.job_name === "redis-1",
    );
    expect(job).toMatchObject({
      metrics_path: "/scrape",
      params: { target: ["redis://redis-1.redis:6379"] },
      relabel_configs: expect.arrayContaining([{ target_label: "pod", replacement: "redis-1" }]),
    });
  });

  test("may see pods of what it watches, and nodes; nothing else of the API", () => {
    const rules = plain.resources
      .filter(({ type }) => /:(Cluster)?Role$/.test(type))
      .flatMap(({ inputs }) => inputs.rules.flatMap((rule: { resources: string[] }) => rule.resources));
    expect([...new Set(rules)].sort()).toEqual(["nodes", "nodes/metrics", "pods"]);
    const roles = plain.resources.filter(({ type }) => type.endsWith(":Role"));
    expect(roles.map(({ inputs }) => inputs.metadata.namespace).sort()).toEqual([
      "monitoring",
      "tradestack-dev",
    ]);
  });

  test("leaves a fifth of its volume to the log that comes before the series", () => {
    const [container] = plain.one("StatefulSet", "prometheus").spec.template.spec?.containers ?? [];
    expect(container?.args).toContain(`--storage.tsdb.retention.size=${8 * 2 ** 30}B`);
  });

  test("gets to its targets' ports, and nobody gets to it but those that draw it or scale by it", () => {
    const watched = {
      namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "tradestack-dev" } },
    };
    expect(egress(plain, "prometheus")).toContainEqual([watched, [9090, 9121, 9187, 15692]]);
    expect(plain.one("NetworkPolicy", "prometheus").spec.ingress).toEqual([]);
    expect(whole.one("NetworkPolicy", "prometheus").spec.ingress).toMatchObject([
      {
        from: [
          ...["grafana", "viewer"].map((name) => ({
            podSelector: { matchLabels: { "app.kubernetes.io/name": name } },
          })),
          { namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "keda" } } },
        ],
      },
    ]);
  });

  test("asks for the public address as people do, where there is one", () => {
    const job = configuration(whole).scrape_configs.at(-1);
    expect(job).toMatchObject({
      job_name: "blackbox",
      static_configs: [{ targets: ["https://shop.example.com/"] }],
    });
    expect(plain.all("Deployment")).toEqual([]);
  });
});

describe("kube-state-metrics", () => {
  test("may list what runs in the namespaces that are watched, and nothing that holds a secret", () => {
    const roles = whole.resources.filter(
      ({ type, inputs }) => /:(Cluster)?Role$/.test(type) && inputs.metadata.name === "kube-state-metrics",
    );
    expect(roles.map(({ type, inputs }) => [type.split(":").at(-1), inputs.metadata.namespace])).toEqual([
      ["Role", "tradestack-dev"],
      ["Role", "monitoring"],
    ]);
    const rules: { resources: string[]; verbs: string[] }[] = roles.flatMap(({ inputs }) => inputs.rules);
    expect(new Set(rules.flatMap(({ verbs }) => verbs))).toEqual(new Set(["list", "watch"]));
    expect(rules.flatMap(({ resources }) => resources)).not.toContain("secrets");
  });

  test("tells of the namespaces and metrics that are asked for, with the labels of what it tells of", () => {
    const [container] = whole.one("Deployment", "kube-state-metrics").spec.template.spec?.containers ?? [];
    expect(container?.args).toEqual(
      expect.arrayContaining([
        "--namespaces=tradestack-dev,monitoring",
        "--metric-allowlist=kube_deployment_spec_replicas",
      ]),
    );
    const jobs: { job_name: string }[] = configuration(whole).scrape_configs;
    expect(jobs.find((job) => job.job_name === "kube-state-metrics")).toMatchObject({ honor_labels: true });
  });
});

describe("Alertmanager", () => {
  const config = (made: Made) =>
    JSON.parse(made.one("Secret", "alertmanager").stringData["alertmanager.yml"] ?? "");

  test("tells people by the webhook, also that it is over, and nobody where there is none", () => {
    expect(config(whole).receivers).toContainEqual({
      name: "people",
      webhook_configs: [{ url: "https://example.com/hooks/s3cret", send_resolved: true }],
    });
    expect(config(plain).receivers).toEqual([{ name: "people" }, { name: "heartbeat" }]);
    expect(egress(plain, "alertmanager")).toHaveLength(1);
  });

  test("keeps the address out of what everybody may read", () => {
    const open = JSON.stringify([whole.all("ConfigMap"), whole.pods()]);
    expect(open).not.toContain("s3cret");
    expect(open).not.toContain("pw-grafana");
  });
});

test("Grafana is reached by TLS alone, from the ingress controller", () => {
  expect(whole.one("Ingress", "grafana").spec).toMatchObject({
    tls: [{ hosts: ["grafana.example.com"] }],
    rules: [{ host: "grafana.example.com" }],
  });
  expect(whole.one("NetworkPolicy", "grafana").spec.ingress).toHaveLength(1);
  expect(whole.one("ConfigMap", "grafana-dashboards").data).toEqual({ "order.json": "{}" });
  const { datasources } = JSON.parse(whole.one("ConfigMap", "grafana").data["datasources.yaml"] ?? "");
  const [prometheus, traces, logs] = datasources;
  expect(prometheus.jsonData.exemplarTraceIdDestinations).toEqual([
    { name: "trace_id", datasourceUid: traces.uid },
  ]);
  expect(traces).toMatchObject({ type: "jaeger", url: "http://jaeger.shop:16686" });
  // A line names its trace.
  expect(logs).toMatchObject({
    type: "loki",
    url: "http://loki.logs:3100",
    jsonData: { derivedFields: [{ datasourceUid: traces.uid }] },
  });
  expect(egress(whole, "grafana")).toContainEqual([
    { namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "logs" } } },
    [3100],
  ]);
  expect(JSON.stringify(egress(whole, "grafana"))).toContain('"kubernetes.io/metadata.name":"shop"');
});

test("the viewer gets to Prometheus and nowhere else, and nobody gets to it but by the API server", () => {
  expect(whole.one("NetworkPolicy", "viewer").spec.ingress).toEqual([]);
  expect(egress(whole, "viewer").slice(1)).toEqual([
    [{ podSelector: { matchLabels: { "app.kubernetes.io/name": "prometheus" } } }, [9090]],
  ]);
  expect(whole.one("ConfigMap", "viewer").data).toEqual({ "dashboards.json": '{"capacity":{}}' });
});

test("an image that is needed and not named is told", async () => {
  let failure: unknown;
  await make(() => {
    try {
      new MonitoringStack("monitoring", { ...args, publicUrls: ["https://shop.example.com/"] });
    } catch (error) {
      failure = error;
    }
  });
  expect(String(failure)).toMatch(/images\.blackboxExporter is missing/);
});

test("the operator is given a PodMonitor for each target, and the rules", async () => {
  const made = await make(() => {
    new OperatorMonitors("shop", {
      namespace: "shop",
      targets,
      rules: args.rules,
      labels: { release: "kps" },
    });
  });
  const objects = made.objects();
  expect(objects.map(({ kind, metadata }) => `${kind} ${metadata.name}`).sort()).toEqual([
    ...targets.map(({ name }) => `PodMonitor ${name}`).sort(),
    "PrometheusRule shop",
  ]);
  for (const { metadata } of objects) expect(metadata.labels).toMatchObject({ release: "kps" });
  expect(made.resources.find(({ name }) => name === "services-monitor")?.inputs.spec).toMatchObject({
    namespaceSelector: { matchNames: ["tradestack-dev"] },
    podMetricsEndpoints: [
      {
        port: "admin",
        path: "/metrics",
        relabelings: expect.arrayContaining([
          { sourceLabels: ["__meta_kubernetes_pod_node_name"], targetLabel: "node" },
        ]),
      },
    ],
  });
});
