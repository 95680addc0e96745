/** Configurations, judged by the tools of the programs that they are for. */

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { run } from "../../sandbox/command.ts";
import { services } from "../../services/index.ts";
import { parseSettings } from "../../settings.ts";
import { ensurePrograms } from "../../test/support/debian.ts";
import { scrapeTargets } from "../platform/targets.ts";
import { alertmanagerConfiguration } from "./routing.ts";
import { prometheusConfiguration } from "./scrape-config.ts";

const PROMTOOL = "/usr/bin/promtool";
const AMTOOL = "/usr/bin/amtool";
const settings = parseSettings({ environment: "dev", cluster: { kind: "sandbox" } }, "dev", {});
let directory: string;

beforeAll(async () => {
  await ensurePrograms({ prometheus: PROMTOOL, "prometheus-alertmanager": AMTOOL });
  directory = mkdtempSync(join(tmpdir(), "tradestack-monitoring-"));
});
afterAll(() => rmSync(directory, { recursive: true }));

const write = (name: string, content: unknown): string => {
  const path = join(directory, name);
  writeFileSync(path, JSON.stringify(content));
  return path;
};

const withoutDiscovery = (job: object) =>
  Object.fromEntries(Object.entries(job).filter(([key]) => key !== "kubernetes_sd_configs"));

test.each([true, false])(
  "Prometheus takes its configuration (kubelets verified: %j)",
  async (verifyKubelets) => {
    const configuration = prometheusConfiguration({
      environment: "dev",
      targets: scrapeTargets(settings, services),
      publicUrls: ["https://shop.example.com/"],
      kubelet: ["kubelet_volume_stats_available_bytes"],
      containers: ["container_cpu_usage_seconds_total", "container_oom_events_total"],
      state: ["kube_deployment_spec_replicas"],
      verifyKubelets,
    });
    // The rules and the pod's credentials are elsewhere here, and Debian's tool has never heard of Kubernetes.
    const jobs = configuration.scrape_configs.map(withoutDiscovery);
    const here = { ...configuration, rule_files: [], scrape_configs: jobs };
    const text = JSON.stringify(here).replaceAll("/var/run/secrets/kubernetes.io/serviceaccount", directory);
    await run([PROMTOOL, "check", "config", "--syntax-only", write("prometheus.yml", JSON.parse(text))]);
  },
);

const webhook = "https://example.com/alerts";
const heartbeat = "https://example.com/alive";

test.each([
  { webhook, heartbeat },
  { webhook: undefined, heartbeat: undefined },
])("Alertmanager takes its configuration: %j", async (receivers) => {
  await run([AMTOOL, "check-config", write("alertmanager.yml", alertmanagerConfiguration(receivers))]);
});

test.each([
  ["people", ["alertname=DeadLetters", "severity=critical", "namespace=shop"]],
  ["people", ["alertname=OutboxLag", "severity=warning"]],
  ["heartbeat", ["alertname=Watchdog", "severity=none"]],
])("%s are told of %j", async (receiver, labels) => {
  const file = write("routes.yml", alertmanagerConfiguration({ webhook, heartbeat }));
  const routed = await run([AMTOOL, "config", "routes", "test", `--config.file=${file}`, ...labels]);
  expect(routed.trim()).toBe(receiver);
});
