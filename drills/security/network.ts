import { asObject, asText } from "../../deploy/manifests/manifest.ts";
import { services } from "../../services/index.ts";
import type { Platform } from "../platform/platform.ts";
import type { Stage } from "../runner/drill.ts";
import { isDeclared, SERVICE_PORTS, STORE_PORTS, type Target } from "./reach.ts";

/** A pod that belongs to nobody, in the middle of the platform. */
const STRANGER = "drill-stranger";
/** Milliseconds after which a connection counts as dropped. */
const PATIENCE = 3000;

/** Tries connections from inside a pod of a service, all at once, and prints those that came about. */
const PROBE = `const targets = JSON.parse(process.argv[1]);
const attempt = ({ host, port }) => new Promise((resolve) => {
  const socket = require("node:net").connect({ host, port, timeout: ${PATIENCE} });
  const end = (open) => { socket.destroy(); resolve(open); };
  socket.on("connect", () => end(true)).on("timeout", () => end(false)).on("error", () => end(false));
});
Promise.all(targets.map(attempt)).then((open) => console.log(JSON.stringify(open)));`;

/** The same where there is no Node but a shell. */
const shellProbe = (targets: readonly Target[]): string =>
  `${targets
    .map(
      ({ host, port }, index) =>
        `(timeout ${PATIENCE / 1000} bash -c '</dev/tcp/${host}/${port}' 2>/dev/null && echo ${index}) &`,
    )
    .join("\n")}\nwait`;

/** Tries every pair of pods, and what every pod of a cluster would like to reach. */
export async function tryNetwork({ platform, findings, repairs, say }: Stage): Promise<void> {
  const { cluster, namespace } = platform;
  const targets = await targetsOf(platform);
  const image = await cluster.imageOf(namespace, "gateway");
  repairs.owe("the stranger's pod is gone", async () => {
    await cluster.kubectl(
      "delete",
      "pod",
      STRANGER,
      `--namespace=${namespace}`,
      "--ignore-not-found",
      "--wait=false",
    );
  });
  await cluster.apply(strangerPod(namespace, image));
  await cluster.kubectl(
    "wait",
    "pod",
    STRANGER,
    `--namespace=${namespace}`,
    "--for=condition=Ready",
    "--timeout=60s",
  );

  const sources = [STRANGER, ...new Set(targets.map(({ name }) => name))].filter(
    (name) => !CLUSTER.includes(name),
  );
  let tried = 0;
  let undeclared = 0;
  let missing = 0;
  for (const from of sources) {
    const source = await sourceOf(platform, from);
    // What a pod says to itself never leaves it.
    const others = targets.filter(({ host }) => host !== source?.host);
    const open = source === undefined ? undefined : await connectionsFrom(platform, from, source.pod, others);
    if (open === undefined) {
      findings.note(`${from} has nothing to try connections with, and was left out`);
      continue;
    }
    for (const [index, target] of others.entries()) {
      const declared = isDeclared(services, from, target);
      tried += 1;
      if (open[index] === true && !declared) {
        undeclared += 1;
        findings.note(`${from} reaches ${target.name}:${target.port}, which it never declared`);
      } else if (open[index] !== true && declared && from !== target.name) {
        missing += 1;
        findings.note(`${from} does not reach ${target.name}:${target.port}, which it declared`);
      }
    }
  }
  say(`${tried} connections tried between ${sources.length} pods and ${targets.length} places`);
  findings.figure("connections tried", tried);
  findings.exactly("connections that came about undeclared", undeclared, 0);
  findings.exactly("declared connections that did not come about", missing, 0);
}

/** Names of what is the cluster's own; nothing is tried from there. */
const CLUSTER = ["the API server", "the cloud's metadata", "the internet"];

async function targetsOf({ cluster, objects, namespace }: Platform): Promise<Target[]> {
  const pods = await objects.in(namespace, "v1", "Pod");
  const addressOf = (name: string): string | undefined => {
    const own = pods.filter(
      ({ metadata, status }) =>
        asObject(metadata.labels)["app.kubernetes.io/name"] === name &&
        asText(asObject(status).phase) === "Running",
    );
    return asText(asObject(own.at(-1)?.status).podIP) || undefined;
  };
  const places = [
    ...services.map(({ name }) => ({ name, ports: SERVICE_PORTS })),
    ...Object.entries(STORE_PORTS).map(([name, ports]) => ({ name, ports })),
  ].flatMap(({ name, ports }) => {
    const host = addressOf(name);
    return host === undefined ? [] : ports.map((port) => ({ name, host, port }));
  });
  const api = await cluster.kubectl(
    "get",
    "service",
    "kubernetes",
    "--namespace=default",
    "--output=jsonpath={.spec.clusterIP}",
  );
  return [
    ...places,
    { name: "the API server", host: api, port: 443 },
    { name: "the cloud's metadata", host: "169.254.169.254", port: 80 },
    { name: "the internet", host: "1.1.1.1", port: 443 },
  ];
}

/** The pod that connections are tried from: the first one, while targets are the last ones. */
async function sourceOf(
  { cluster, namespace }: Platform,
  from: string,
): Promise<{ readonly pod: string; readonly host: string } | undefined> {
  const [pod] = from === STRANGER ? [STRANGER] : await cluster.podsOf(namespace, from);
  if (pod === undefined) return undefined;
  const path = "--output=jsonpath={.status.podIP}";
  return { pod, host: await cluster.kubectl("get", "pod", pod, `--namespace=${namespace}`, path) };
}

/** Whether each connection came about; undefined where the pod has no means to try. */
async function connectionsFrom(
  { cluster, namespace }: Platform,
  from: string,
  pod: string,
  targets: readonly Target[],
): Promise<boolean[] | undefined> {
  const exec = ["exec", `--namespace=${namespace}`, pod, "--"];
  if (!(from in STORE_PORTS)) {
    const node = ["/usr/local/bin/node", "--eval", PROBE, JSON.stringify(targets)];
    return JSON.parse(await cluster.kubectl(...exec, ...node));
  }
  const said = await cluster.kubectl(...exec, "bash", "-c", shellProbe(targets)).catch(() => undefined);
  if (said === undefined) return undefined;
  const open = new Set(said.split("\n").filter(Boolean).map(Number));
  return targets.map((_, index) => open.has(index));
}

/** As a pod would be that somebody else puts there: restricted, as the namespace wants it, and without a name. */
const strangerPod = (namespace: string, image: string) => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name: STRANGER, namespace },
  spec: {
    automountServiceAccountToken: false,
    terminationGracePeriodSeconds: 0,
    securityContext: { runAsNonRoot: true, runAsUser: 65532, seccompProfile: { type: "RuntimeDefault" } },
    containers: [
      {
        name: "stranger",
        image,
        imagePullPolicy: "IfNotPresent",
        command: ["/usr/local/bin/node", "--eval", "setInterval(() => {}, 1e9)"],
        resources: { requests: { cpu: "1m", memory: "32Mi" }, limits: { cpu: "200m", memory: "96Mi" } },
        securityContext: {
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ["ALL"] },
        },
      },
    ],
  },
});
