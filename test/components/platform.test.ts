import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { derivePassword, KeyRing } from "../../components/credentials.ts";
import { Platform } from "../../components/platform/platform.ts";
import { parseQuantity } from "../../components/quantity.ts";
import { services } from "../../services/index.ts";
import { parseSettings } from "../../settings.ts";
import { containersOf, type KubernetesObject, type Made, make, type Pod } from "./support.ts";

const { config } = parse(readFileSync(new URL("../../Pulumi.dev.yaml", import.meta.url), "utf8"));
const own = Object.entries(config).map(([key, value]) => [key.replace("tradestack:", ""), value]);
const settings = parseSettings(Object.fromEntries(own), "dev", {});
const images = {
  service: (name: string) => `registry.example.com/${name}:1`,
  thirdParty: (name: string) => `docker.io/library/${name}:1`,
};
const masterKey = Buffer.alloc(32, 7).toString("base64");
const keys = new KeyRing(masterKey);

let platform: Made;
beforeAll(async () => {
  platform = await make(() => {
    new Platform("tradestack", { settings, services, images, keys });
  });
});

test("names stay what they are: another name is another resource, and the old one is deleted with its data", async () => {
  await expect(`${platform.urns.join("\n")}\n`).toMatchFileSnapshot("urns.dev.txt");
});

describe("every object", () => {
  const each = (check: (object: KubernetesObject) => void) => platform.objects().forEach(check);

  test("says its kind, has a name that Kubernetes takes, and is in the environment's namespace", () => {
    each(({ apiVersion, kind, metadata }) => {
      expect(apiVersion, metadata.name).toMatch(/^([a-z.0-9]+\/)?v\d$/);
      expect(kind).toMatch(/^[A-Z][A-Za-z]+$/);
      expect(metadata.name).toMatch(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/);
      if (kind !== "Namespace") expect(metadata.namespace, metadata.name).toBe("tradestack-dev");
    });
  });

  test("carries the recommended labels", () => {
    each(({ metadata }) => {
      expect(metadata.labels, metadata.name).toMatchObject({
        "app.kubernetes.io/name": expect.any(String),
        "app.kubernetes.io/component": expect.any(String),
        "app.kubernetes.io/part-of": "tradestack",
      });
      for (const value of Object.values(metadata.labels ?? {}))
        expect(value).toMatch(/^[a-z0-9][-a-z0-9.]{0,62}$/);
    });
  });

  test("is the only one of its kind and name", () => {
    const names = platform.objects().map(({ kind, metadata }) => `${kind}/${metadata.name}`);
    expect(new Set(names).size).toBe(names.length);
  });
});

describe("every pod", () => {
  const each = (check: (pod: Pod) => void) => platform.pods().forEach(check);

  test("passes the restricted Pod Security Standard, with a root filesystem that cannot be written", () => {
    expect(platform.one("Namespace").metadata.labels).toMatchObject({
      "pod-security.kubernetes.io/enforce": "restricted",
    });
    each((pod) => {
      expect(pod.spec.automountServiceAccountToken, pod.owner).toBe(false);
      expect(pod.spec.securityContext).toMatchObject({
        runAsNonRoot: true,
        seccompProfile: { type: "RuntimeDefault" },
      });
      for (const container of containersOf(pod)) {
        expect(container.securityContext, `${pod.owner}/${container.name}`).toEqual({
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ["ALL"] },
        });
      }
    });
  });

  test("requests what it needs and has a limit", () => {
    each((pod) => {
      for (const { name, resources } of containersOf(pod)) {
        for (const resource of ["cpu", "memory"]) {
          const request = parseQuantity(resources.requests?.[resource] ?? "");
          const limit = parseQuantity(resources.limits?.[resource] ?? "");
          expect(request, `${pod.owner}/${name} ${resource}`).toBeGreaterThan(0);
          expect(limit, `${pod.owner}/${name} ${resource}`).toBeGreaterThanOrEqual(request ?? Number.NaN);
        }
      }
    });
  });

  test("mounts volumes that it has, from objects that are there", () => {
    const there = new Set(platform.objects().map(({ kind, metadata }) => `${kind}/${metadata.name}`));
    each((pod) => {
      const claims = platform
        .all("StatefulSet")
        .filter((set) => set.metadata.name === pod.owner)
        .flatMap((set) => set.spec.volumeClaimTemplates.map((claim) => claim.metadata.name));
      const volumes = new Set([...(pod.spec.volumes ?? []).map((volume) => volume.name), ...claims]);
      for (const { name, volumeMounts } of containersOf(pod)) {
        for (const mount of volumeMounts ?? []) expect(volumes, `${pod.owner}/${name}`).toContain(mount.name);
      }
      for (const volume of pod.spec.volumes ?? []) {
        const secrets = (volume.projected?.sources ?? []).map((source) => source.secret.name);
        for (const secret of [...secrets, ...(volume.secret ? [volume.secret.secretName] : [])]) {
          expect(there, pod.owner).toContain(`Secret/${secret}`);
        }
        if (volume.configMap) expect(there, pod.owner).toContain(`ConfigMap/${volume.configMap.name}`);
      }
      if (pod.spec.serviceAccountName) {
        expect(there, pod.owner).toContain(`ServiceAccount/${pod.spec.serviceAccountName}`);
      }
    });
  });

  test("probes ports and files that it has", () => {
    each((pod) => {
      for (const container of pod.spec.containers) {
        const ports = new Set((container.ports ?? []).map((port) => port.name));
        for (const probe of [container.startupProbe, container.readinessProbe, container.livenessProbe]) {
          const port = probe?.httpGet?.port ?? probe?.tcpSocket?.port;
          if (port !== undefined) expect(ports, `${pod.owner}/${container.name}`).toContain(port);
        }
      }
    });
  });

  test("has no password in its variables, arguments or annotations, nor in a ConfigMap", () => {
    const labels = ["postgres/postgres", "postgres/order", "redis/catalog", "redis/#probe", "rabbitmq/order"];
    const secrets = JSON.stringify(platform.all("Secret"));
    const open = JSON.stringify([platform.pods(), platform.all("ConfigMap")]);
    for (const label of labels) {
      expect(secrets, label).toContain(derivePassword(masterKey, label));
      expect(open, label).not.toContain(derivePassword(masterKey, label));
    }
  });
});

test("selectors find pods, and budgets, scalers and ports aim at what is there", () => {
  const matches = (selector: Readonly<Record<string, string>>) =>
    platform
      .pods()
      .filter((pod) => Object.entries(selector).every(([key, value]) => pod.labels[key] === value));
  for (const service of platform.all("Service")) {
    const pods = matches(service.spec.selector);
    expect(pods, service.metadata.name).not.toEqual([]);
    const ports = pods.flatMap((pod) => pod.spec.containers.flatMap((container) => container.ports ?? []));
    for (const { port, targetPort } of service.spec.ports) {
      const target = targetPort ?? port;
      expect(ports.some((candidate) => candidate.name === target || candidate.containerPort === target)).toBe(
        true,
      );
    }
  }
  for (const budget of platform.all("PodDisruptionBudget")) {
    expect(matches(budget.spec.selector.matchLabels), budget.metadata.name).toHaveLength(1);
    expect(budget.spec).not.toHaveProperty("minAvailable");
  }
  for (const owner of [...platform.all("Deployment"), ...platform.all("StatefulSet")]) {
    expect(matches(owner.spec.selector.matchLabels).map((pod) => pod.owner)).toEqual([owner.metadata.name]);
  }
  const deployments = platform.all("Deployment").map((deployment) => deployment.metadata.name);
  for (const scaler of platform.all("HorizontalPodAutoscaler")) {
    expect(deployments).toContain(scaler.spec.scaleTargetRef.name);
  }
});

describe("the network", () => {
  const nameOf = (selector: { matchLabels?: Readonly<Record<string, string>> } | undefined) =>
    selector?.matchLabels?.["app.kubernetes.io/name"];
  const policies = () =>
    platform.all("NetworkPolicy").filter((policy) => policy.metadata.name !== "default-deny");

  /** Every edge between two pods as `from → to:port`, as the senders' rules have it. */
  const outgoing = () =>
    policies().flatMap((policy) =>
      (policy.spec.egress ?? []).flatMap((rule) =>
        rule.to.flatMap((peer) => {
          const to = nameOf(peer.podSelector);
          return to === undefined
            ? []
            : rule.ports.map((port) => `${nameOf(policy.spec.podSelector)} → ${to}:${port.port}`);
        }),
      ),
    );
  /** The same as the receivers' rules have it. */
  const incoming = () =>
    policies().flatMap((policy) =>
      (policy.spec.ingress ?? []).flatMap((rule) =>
        rule.from.flatMap((peer) => {
          const from = nameOf(peer.podSelector);
          return from === undefined
            ? []
            : rule.ports.map((port) => `${from} → ${nameOf(policy.spec.podSelector)}:${port.port}`);
        }),
      ),
    );
  const declared = () => {
    const postgres = services.filter((service) => service.database === "postgres");
    const redis = services.filter((service) => service.cache === "redis");
    const broker = services.filter((service) => service.publishes.length + service.consumes.length > 0);
    return [
      ...services.flatMap((service) =>
        service.calls.map((callee) => `${service.name} → ${callee.name}:8080`),
      ),
      ...postgres.map((service) => `${service.name} → postgres:5432`),
      "postgres-backup → postgres:5432",
      "postgres-exporter → postgres:5432",
      "postgres-provisioner → postgres:5432",
      ...[6379, 26379].flatMap((port) => [
        ...redis.map((service) => `${service.name} → redis:${port}`),
        `redis → redis:${port}`,
        `redis-exporter → redis:${port}`,
      ]),
      ...broker.map((service) => `${service.name} → rabbitmq:5672`),
      ...services.map((service) => `${service.name} → jaeger:4318`),
    ].sort();
  };

  test("denies what nobody declared", () => {
    expect(platform.one("NetworkPolicy", "default-deny").spec).toEqual({
      podSelector: {},
      policyTypes: ["Ingress", "Egress"],
    });
    expect(outgoing().sort()).toEqual(declared());
    expect(incoming().sort()).toEqual(declared());
  });

  test("lets the ingress controller reach the public services alone", () => {
    const open = policies().filter((policy) =>
      JSON.stringify(policy.spec.ingress ?? []).includes('"traefik"'),
    );
    const shown = services.filter((service) => service.public !== undefined).map(({ name }) => name);
    expect(open.map((policy) => policy.metadata.name)).toEqual(shown);
    const rules = JSON.stringify(platform.one("Ingress").spec.rules);
    for (const name of shown) expect(rules).toContain(`"name":"${name}"`);
  });

  test("has no rule without peers or ports, which would mean everybody", () => {
    for (const policy of policies()) {
      for (const rule of policy.spec.ingress ?? []) {
        expect(rule.from, policy.metadata.name).not.toHaveLength(0);
        expect(rule.ports, policy.metadata.name).not.toHaveLength(0);
      }
      for (const rule of policy.spec.egress ?? []) {
        expect(rule.to, policy.metadata.name).not.toHaveLength(0);
        expect(rule.ports, policy.metadata.name).not.toHaveLength(0);
      }
    }
  });
});

test("the whole dev platform fits a machine of two cores", () => {
  const total = (resource: "cpu" | "memory") =>
    [...platform.all("Deployment"), ...platform.all("StatefulSet")]
      .map((owner) => {
        const replicas = owner.spec.replicas ?? minimum(owner.metadata.name);
        const containers = owner.spec.template.spec?.containers ?? [];
        const requests = containers.map(
          (container) => parseQuantity(container.resources.requests?.[resource] ?? "") ?? 0,
        );
        return replicas * requests.reduce((sum, request) => sum + request, 0);
      })
      .reduce((sum, request) => sum + request, 0);
  const minimum = (name: string) => platform.one("HorizontalPodAutoscaler", name).spec.minReplicas;
  // 0.3 CPUs and half a GiB are left to the cluster's own pods.
  expect(total("cpu")).toBeLessThanOrEqual(0.9);
  expect(total("memory")).toBeLessThanOrEqual(3.5 * 2 ** 30);
});
