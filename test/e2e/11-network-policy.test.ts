/**
 * Network policies are enforced, not just accepted: what nothing allows does not pass, what is declared opens that
 * one port and no other, and probes pass whatever the policies say.
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Cluster } from "../../drills/platform/cluster.ts";
import { serviceImage } from "../../images/tags.ts";
import { ensureImages } from "../../sandbox/images/build.ts";

const NAMESPACE = "tradestack-network-policy";
const DECLARED_PORT = 8080;
const OTHER_PORT = 8081;

/** Answers on both ports, so that only a policy can make a difference between them. */
const server = `for (const port of [${DECLARED_PORT}, ${OTHER_PORT}])
  require("node:http").createServer((request, response) => response.end("here")).listen(port)`;

const idle = "setInterval(() => {}, 1e9)";

/** Tries a connection: "open", "refused" by whoever is there, or "dropped" when nothing answers. */
const connect = `const [host, port] = process.argv.slice(1);
const socket = require("node:net").connect({ host, port: Number(port), timeout: 3000 });
const say = (word) => { console.log(word); process.exit() };
socket.on("connect", () => say("open"));
socket.on("timeout", () => say("dropped"));
socket.on("error", (error) => say(error.code === "ECONNREFUSED" ? "refused" : error.code));`;

/** A first packet that gets lost is sent again after this time (RFC 6298): who connects sooner has lost none. */
const RETRANSMISSION_MS = 1000;

/** Connects as soon as it runs, and tells how many milliseconds each took. */
const firstPackets = (host: string) => `const attempt = (port) => new Promise((resolve) => {
  const began = performance.now();
  const socket = require("node:net").connect({ host: "${host}", port, timeout: 3000 });
  socket.on("connect", () => resolve(performance.now() - began));
  socket.on("timeout", () => resolve("dropped"));
  socket.on("error", (error) => resolve(error.code));
});
Promise.all([attempt(${DECLARED_PORT}), attempt(${OTHER_PORT})])
  .then(([declared, other]) => console.log(JSON.stringify({ declared, other })))
  .then(() => process.exit());`;

const resolve = `const resolver = new (require("node:dns").promises.Resolver)({ timeout: 1500, tries: 2 });
resolver.resolve4(process.argv[1]).then(() => "resolved", (error) => error.code).then(console.log);`;

interface PodOptions {
  /** Whose policies apply to it. Default: its own name's. */
  readonly as?: string;
  readonly probe?: object;
}

const pod = (name: string, program: string, { as = name, probe }: PodOptions = {}) => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name, namespace: NAMESPACE, labels: { "app.kubernetes.io/name": as } },
  spec: {
    restartPolicy: probe === undefined ? "Never" : "Always",
    automountServiceAccountToken: false,
    terminationGracePeriodSeconds: 0,
    securityContext: { runAsNonRoot: true, runAsUser: 65532, seccompProfile: { type: "RuntimeDefault" } },
    containers: [
      {
        name,
        image: serviceImage("gateway"),
        imagePullPolicy: "Never",
        command: ["/usr/local/bin/node", "--eval", program],
        ...(probe === undefined ? {} : { readinessProbe: probe, livenessProbe: probe }),
        securityContext: {
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ["ALL"] },
        },
      },
    ],
  },
});

const policy = (name: string, spec: object) => ({
  apiVersion: "networking.k8s.io/v1",
  kind: "NetworkPolicy",
  metadata: { name, namespace: NAMESPACE },
  spec,
});

const only = (name: string) => ({ podSelector: { matchLabels: { "app.kubernetes.io/name": name } } });

const defaultDeny = policy("default-deny", { podSelector: {}, policyTypes: ["Ingress", "Egress"] });

const dnsAllowed = policy("dns", {
  podSelector: {},
  policyTypes: ["Egress"],
  egress: [
    {
      to: [{ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "kube-system" } } }],
      ports: [
        { protocol: "UDP", port: 53 },
        { protocol: "TCP", port: 53 },
      ],
    },
  ],
});

const clientCallsServer = [
  policy("client", {
    ...only("client"),
    policyTypes: ["Egress"],
    egress: [{ to: [only("server")], ports: [{ port: DECLARED_PORT }] }],
  }),
  policy("server", {
    ...only("server"),
    policyTypes: ["Ingress"],
    ingress: [{ from: [only("client")], ports: [{ port: DECLARED_PORT }] }],
  }),
];

let cluster: Cluster;
let serverAddress: string;
let clientAddress: string;

const addressOf = (name: string) =>
  cluster.kubectl("get", "pod", name, "--namespace", NAMESPACE, "--output=jsonpath={.status.podIP}");

const inPod = (name: string, program: string, ...args: string[]) =>
  cluster.kubectl(
    ...["exec", "--namespace", NAMESPACE, name, "--", "/usr/local/bin/node", "--eval", program],
    ...args,
  );
const connection = (from: string, host: string, port: number) => inPod(from, connect, host, `${port}`);

/** Rules follow policies within moments, not at once: asks until the answer is the one expected. */
const eventually = (question: () => Promise<string>) =>
  expect.poll(question, { timeout: 30_000, interval: 100 });

beforeAll(async () => {
  cluster = Cluster.current();
  await ensureImages(["gateway"], (line) => console.log(line));
  await cluster.kubectl("delete", "namespace", NAMESPACE, "--ignore-not-found");
  await cluster.apply({
    apiVersion: "v1",
    kind: "Namespace",
    metadata: { name: NAMESPACE, labels: { "pod-security.kubernetes.io/enforce": "restricted" } },
  });
  await cluster.apply({
    apiVersion: "v1",
    kind: "List",
    items: [
      pod("server", server, {
        probe: { httpGet: { path: "/", port: DECLARED_PORT }, periodSeconds: 1, failureThreshold: 3 },
      }),
      pod("client", idle),
      pod("stranger", idle),
      {
        apiVersion: "v1",
        kind: "Service",
        metadata: { name: "server", namespace: NAMESPACE },
        spec: {
          ...{ selector: only("server").podSelector.matchLabels },
          ports: [
            { name: "declared", port: 80, targetPort: DECLARED_PORT },
            { name: "other", port: 81, targetPort: OTHER_PORT },
          ],
        },
      },
    ],
  });
  await cluster.kubectl(
    ...["wait", "pod", "--all", "--namespace", NAMESPACE, "--for=condition=Ready", "--timeout=180s"],
  );
  serverAddress = await addressOf("server");
  clientAddress = await addressOf("client");
});

afterAll(async () => {
  await cluster?.kubectl("delete", "namespace", NAMESPACE, "--ignore-not-found", "--wait=false");
});

// Each step adds policies to those of the step before.
describe("policies, one after the other", () => {
  test("without any, everything is reachable", async () => {
    expect(await connection("client", serverAddress, DECLARED_PORT)).toBe("open");
    expect(await connection("client", serverAddress, OTHER_PORT)).toBe("open");
    // The service has a ready pod from the moment that kube-proxy has heard of it.
    await eventually(() => connection("client", "server", 80)).toBe("open");
    expect(await connection("client", "kubernetes.default", 443)).toBe("open");
  });

  test("default deny lets nothing in or out, not even to the name servers and the API server", async () => {
    const api = await cluster.kubectl("get", "service", "kubernetes", "--output=jsonpath={.spec.clusterIP}");
    await cluster.apply(defaultDeny);
    await eventually(() => connection("client", serverAddress, DECLARED_PORT)).toBe("dropped");
    const answers = [
      inPod("client", resolve, "kubernetes.default.svc.cluster.local"),
      connection("client", api, 443),
      connection("server", clientAddress, DECLARED_PORT),
    ];
    expect(await Promise.all(answers)).toEqual(["ETIMEOUT", "dropped", "dropped"]);
  });

  test("names resolve once DNS is allowed, and nothing else opens", async () => {
    await cluster.apply(dnsAllowed);
    await eventually(() => inPod("client", resolve, `server.${NAMESPACE}.svc.cluster.local`)).toBe(
      "resolved",
    );
    expect(await connection("client", "server", 80)).toBe("dropped");
  });

  test("a declared call opens one port, through the service too, and for nobody else", async () => {
    await cluster.apply({ apiVersion: "v1", kind: "List", items: clientCallsServer });
    await eventually(() => connection("client", serverAddress, DECLARED_PORT)).toBe("open");
    expect(await connection("client", "server", 80)).toBe("open");
    const others = [
      connection("client", "server", 81),
      connection("client", serverAddress, OTHER_PORT),
      connection("stranger", serverAddress, DECLARED_PORT),
      connection("server", clientAddress, DECLARED_PORT),
    ];
    expect(await Promise.all(others)).toEqual(others.map(() => "dropped"));
  });

  test("a new pod is under its policies from its first packet to its last", async () => {
    await cluster.apply(pod("early", firstPackets(serverAddress), { as: "client" }));
    await cluster.kubectl(
      ...["wait", "pod", "early", "--namespace", NAMESPACE],
      ...["--for=jsonpath={.status.phase}=Succeeded", "--timeout=60s"],
    );
    const { declared, other } = JSON.parse(await cluster.kubectl("logs", "early", "--namespace", NAMESPACE));
    expect(declared).toBeLessThan(RETRANSMISSION_MS);
    expect(other).toBe("dropped");
  });

  test("the node's probes have passed all the while", async () => {
    const path = "{.status.containerStatuses[0].ready} {.status.containerStatuses[0].restartCount}";
    expect(
      await cluster.kubectl("get", "pod", "server", "--namespace", NAMESPACE, `--output=jsonpath=${path}`),
    ).toBe("true 0");
  });

  test("deleted policies no longer hold", async () => {
    await cluster.kubectl("delete", "networkpolicies", "--all", "--namespace", NAMESPACE);
    await eventually(() => connection("stranger", serverAddress, OTHER_PORT)).toBe("open");
    await eventually(() => connection("client", "kubernetes.default", 443)).toBe("open");
  });
});
