import { beforeAll, describe, expect, test } from "vitest";
import type { LogStackArgs } from "../../components/logs/args.ts";
import { LogStack } from "../../components/logs/stack.ts";
import { containersOf, type Made, make } from "./support.ts";

const args: LogStackArgs = {
  environment: "dev",
  images: { loki: "loki:1", agent: "syslog-ng:1" },
  namespaces: ["shop", "monitoring"],
};
const stack = (changes: Partial<LogStackArgs> = {}) =>
  make(() => {
    new LogStack("logs", { ...args, ...changes });
  });
const lokiOf = (made: Made) => JSON.parse(made.one("ConfigMap", "loki").data["loki.json"] ?? "");

let plain: Made;
let other: Made;
beforeAll(async () => {
  plain = await stack();
  other = await stack({
    retention: "30d",
    storage: "50Gi",
    grafanaNamespace: "monitoring",
    podLogs: "/data/logs",
  });
});

test("names stay what they are: another name is another resource, and the old one is deleted with its data", async () => {
  await expect(`${plain.urns.join("\n")}\n`).toMatchFileSnapshot("urns.logs.txt");
});

describe("the agent", () => {
  test("reads one folder of its node, writes none, is not root and has no token", () => {
    const pod = plain.pods().find(({ owner }) => owner === "log-agent");
    const paths = (made: Made) =>
      made
        .one("DaemonSet", "log-agent")
        .spec.template.spec?.volumes.flatMap(({ hostPath }) => (hostPath ? [hostPath.path] : []));
    expect(paths(plain)).toEqual(["/var/log/pods"]);
    expect(paths(other)).toEqual(["/data/logs"]);
    const [container] = pod === undefined ? [] : containersOf(pod);
    expect(container?.volumeMounts.find(({ name }) => name === "logs")).toMatchObject({ readOnly: true });
    expect(pod?.spec).toMatchObject({
      automountServiceAccountToken: false,
      securityContext: { runAsNonRoot: true, runAsUser: 65534 },
    });
    expect(container?.securityContext).toMatchObject({
      readOnlyRootFilesystem: true,
      allowPrivilegeEscalation: false,
      capabilities: { drop: ["ALL"] },
    });
  });

  test("keeps the logs of the namespaces that it is told, and says why it needs the node's files", () => {
    expect(plain.one("ConfigMap", "log-agent").data["syslog-ng.conf"]).toContain('"/(shop|monitoring)_"');
    for (const object of [plain.one("DaemonSet", "log-agent"), plain.one("Namespace")]) {
      expect(object.metadata.annotations["policy.tradestack.dev/restricted-pods"]).toContain(
        "files of the node",
      );
    }
  });

  test("gets to Loki and nowhere else", () => {
    const { spec } = plain.one("NetworkPolicy", "log-agent");
    expect(spec.ingress).toEqual([]);
    expect(spec.egress.flatMap(({ ports }) => ports.map(({ port }) => port))).toEqual([53, 53, 3100]);
  });
});

describe("Loki", () => {
  test("keeps lines for as long as it is told, on a volume of the size that it is told", () => {
    expect(lokiOf(plain)).toMatchObject({
      limits_config: { retention_period: "7d" },
      compactor: { retention_enabled: true },
    });
    expect(lokiOf(other)).toMatchObject({ limits_config: { retention_period: "30d" } });
    const storage = (made: Made) =>
      made.one("StatefulSet", "loki").spec.volumeClaimTemplates[0]?.spec.resources?.requests?.storage;
    expect([plain, other].map(storage)).toEqual(["10Gi", "50Gi"]);
  });

  test("is replaced when its configuration changes", () => {
    const annotations = (made: Made) => made.one("StatefulSet", "loki").spec.template.metadata?.annotations;
    expect(annotations(plain)).not.toEqual(annotations(other));
  });

  test("lets in agents, and the Grafana of the namespace that is named", () => {
    const peers = (made: Made) => made.one("NetworkPolicy", "loki").spec.ingress.flatMap(({ from }) => from);
    expect(peers(plain)).toHaveLength(1);
    expect(peers(other)[1]).toEqual({
      namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "monitoring" } },
      podSelector: { matchLabels: { "app.kubernetes.io/name": "grafana" } },
    });
  });
});
