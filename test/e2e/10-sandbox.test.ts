/**
 * The sandbox is a real cluster, comes back from any death, and leaves nothing on the machine. The programs that
 * the tests run in pods are the sandbox's own: etcd is a store with an HTTP interface, and kubectl an HTTP client.
 */
import { execFile, execFileSync, spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Shop } from "../../drills/platform/shop.ts";
import { tradestackHome } from "../../sandbox/home.ts";
import {
  ensureSandbox,
  type SandboxConnection,
  sandboxConnection,
  sandboxStatus,
} from "../../sandbox/index.ts";
import { processesIn } from "../../sandbox/node/cgroups.ts";
import { layoutOf } from "../../sandbox/node/layout.ts";
import { allNodes } from "../../sandbox/node/nodes.ts";
import { machineState } from "../support/machine.ts";

const NAMESPACE = "tradestack-sandbox-test";
const NODE_PORT = 30099;
const INGRESS_HOST = "store.test";
let layout = layoutOf(tradestackHome());
const quiet = { onProgress: () => {} };

let sandbox: SandboxConnection;

const run = promisify(execFile);
async function kubectl(...args: string[]): Promise<string> {
  const { stdout } = await run(sandbox.kubectl, [`--namespace=${NAMESPACE}`, ...args], {
    env: { ...process.env, KUBECONFIG: sandbox.kubeconfig },
  });
  return stdout.trim();
}

function apply(items: readonly object[]): void {
  execFileSync(sandbox.kubectl, [`--kubeconfig=${sandbox.kubeconfig}`, "apply", "--filename=-"], {
    input: JSON.stringify({ apiVersion: "v1", kind: "List", items }),
  });
}

/** The command itself, as a person runs it; the exit code is part of what is tested. */
function command(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const cli = join(import.meta.dirname, "..", "..", "sandbox", "cli.ts");
  return new Promise((resolve) => {
    execFile(process.execPath, [cli, ...args], (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === "number" ? error.code : 0, stdout, stderr });
    });
  });
}

const namespace = {
  apiVersion: "v1",
  kind: "Namespace",
  metadata: { name: NAMESPACE, labels: { "pod-security.kubernetes.io/enforce": "restricted" } },
};

const container = (image: string) => ({
  image,
  imagePullPolicy: "Never",
  securityContext: {
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ["ALL"] },
  },
});

const podSecurity = { runAsNonRoot: true, runAsUser: 999, seccompProfile: { type: "RuntimeDefault" } };

function store(image: string): object[] {
  const labels = { app: "store" };
  return [
    {
      apiVersion: "apps/v1",
      kind: "StatefulSet",
      metadata: { name: "store", namespace: NAMESPACE },
      spec: {
        serviceName: "store",
        selector: { matchLabels: labels },
        template: {
          metadata: { labels },
          spec: {
            automountServiceAccountToken: false,
            terminationGracePeriodSeconds: 5,
            securityContext: podSecurity,
            containers: [
              {
                ...container(image),
                name: "store",
                args: [
                  "etcd",
                  "--data-dir=/data/etcd",
                  "--listen-client-urls=http://0.0.0.0:2379",
                  "--advertise-client-urls=http://store:80",
                ],
                readinessProbe: { httpGet: { path: "/health", port: 2379 }, periodSeconds: 1 },
                volumeMounts: [{ name: "data", mountPath: "/data" }],
              },
            ],
          },
        },
        volumeClaimTemplates: [
          {
            metadata: { name: "data" },
            spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "100Mi" } } },
          },
        ],
      },
    },
    {
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: "store", namespace: NAMESPACE },
      spec: {
        type: "NodePort",
        selector: labels,
        ports: [{ port: 80, targetPort: 2379, nodePort: NODE_PORT }],
      },
    },
    {
      apiVersion: "networking.k8s.io/v1",
      kind: "Ingress",
      metadata: { name: "store", namespace: NAMESPACE },
      spec: {
        rules: [
          {
            host: INGRESS_HOST,
            http: {
              paths: [
                {
                  path: "/",
                  pathType: "Prefix",
                  backend: { service: { name: "store", port: { number: 80 } } },
                },
              ],
            },
          },
        ],
      },
    },
  ];
}

/** A pod that does nothing but hold a place from which to ask, on a node of choice. */
const client = (image: string, { name = "client", nodeName = layout.nodeName } = {}) => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name, namespace: NAMESPACE, labels: { app: name } },
  spec: {
    nodeName,
    automountServiceAccountToken: false,
    terminationGracePeriodSeconds: 0,
    securityContext: podSecurity,
    containers: [
      {
        ...container(image),
        name: "client",
        args: ["etcd", "--data-dir=/tmp/etcd"],
        volumeMounts: [{ name: "tmp", mountPath: "/tmp" }],
      },
    ],
    volumes: [{ name: "tmp", emptyDir: {} }],
  },
});

/** Closes every way out of a pod but that to DNS. */
const refusal = (pod: string) => ({
  apiVersion: "networking.k8s.io/v1",
  kind: "NetworkPolicy",
  metadata: { name: pod, namespace: NAMESPACE },
  spec: {
    podSelector: { matchLabels: { app: pod } },
    policyTypes: ["Egress"],
    egress: [{ ports: [{ port: 53, protocol: "UDP" }] }],
  },
});

const getFrom = (pod: string, server: string, path = "/version") =>
  kubectl(
    "exec",
    pod,
    "--",
    "/kube",
    "kubectl",
    "--request-timeout=5s",
    `--server=${server}`,
    "get",
    "--raw",
    path,
  );

/** Stores a value, or reads it, over etcd's HTTP interface on the node's own address. */
async function post(path: string, body: object): Promise<{ kvs?: { value: string }[] }> {
  const answer = await fetch(`http://${layout.addresses.node}:${NODE_PORT}${path}`, {
    method: "POST",
    body: JSON.stringify(body),
  });
  return JSON.parse(await answer.text());
}
const encoded = (text: string) => Buffer.from(text).toString("base64");
const keep = (key: string, value: string) => post("/v3/kv/put", { key: encoded(key), value: encoded(value) });
const kept = async (key: string) => {
  const { kvs } = await post("/v3/kv/range", { key: encoded(key) });
  return Buffer.from(kvs?.[0]?.value ?? "", "base64").toString();
};

const isStoreReady = () => kubectl("rollout", "status", "statefulset/store", "--timeout=120s");

/** Kills every process of the sandbox at once: supervisor, control plane, kubelet, shims and pods. */
function killEverything(): void {
  for (const pid of processesIn(layout.cgroup)) {
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // went with one that was killed before it
    }
  }
}

async function killContainerd(): Promise<void> {
  const { components } = await sandboxStatus();
  const pid = components.find(({ name }) => name === "containerd")?.pid;
  if (pid === undefined) throw new Error("containerd does not run");
  process.kill(pid, "SIGKILL");
}

describe.skipIf(process.env.TRADESTACK_CONTEXT !== undefined)("the sandbox", () => {
  let image: string;

  beforeAll(async () => {
    sandbox = await ensureSandbox({ onProgress: (line) => console.log(line) });
    layout = layoutOf(tradestackHome()); // a new sandbox has chosen its addresses now
    image = await kubectl(
      ...["get", "deployment", "coredns", "--namespace=kube-system"],
      "--output=jsonpath={.spec.template.spec.containers[0].image}",
    );
    await kubectl("delete", "namespace", NAMESPACE, "--ignore-not-found");
    apply([namespace, ...store(image), client(image)]);
    await isStoreReady();
    await kubectl("wait", "pod/client", "--for=condition=Ready", "--timeout=60s");
  });

  afterAll(async () => {
    sandbox = await ensureSandbox(quiet);
    await kubectl("delete", "namespace", NAMESPACE, "--ignore-not-found");
  });

  test("a pod reaches a service by its names", async () => {
    await expect.poll(() => getFrom("client", "http://store"), { timeout: 20_000 }).toContain("etcdserver");
    expect(await getFrom("client", `http://store.${NAMESPACE}.svc.cluster.local`)).toContain("etcdserver");
  });

  test("a pod reaches itself through its own service", async () => {
    expect(await getFrom("store-0", "http://store")).toContain("etcdserver");
  });

  test("the machine reaches a NodePort on the node's address", async () => {
    const answer = await fetch(`http://${layout.addresses.node}:${NODE_PORT}/version`);
    expect(await answer.text()).toContain("etcdserver");
  });

  test("the ingress answers on the loopback", async () => {
    const visitor = new Shop(`http://${sandbox.ingress.http}`, INGRESS_HOST);
    const ask = async () => JSON.stringify((await visitor.send("GET", "/version")).body);
    await expect.poll(ask, { timeout: 20_000 }).toContain("etcdserver");
    await visitor.close();
  });

  test("nothing outside has a name or can be reached", async () => {
    await expect(getFrom("client", "http://example.com")).rejects.toThrow(/no such host/);
    await expect(getFrom("client", "http://192.0.2.1")).rejects.toThrow(/unreachable/);
    await expect(getFrom("client", `http://${layout.addresses.linkOnMachine}:22`)).rejects.toThrow(
      /deadline|timeout/i,
    );
  });

  test("what is written to a claimed volume outlives its pod", async () => {
    await keep("before", "the pod's end");
    await kubectl("delete", "pod", "store-0");
    await isStoreReady();
    await expect.poll(() => kept("before"), { timeout: 20_000 }).toBe("the pod's end");
  });

  test("logs, and a program's input and output, come through the kubelet", async () => {
    expect(await kubectl("logs", "store-0", "--tail=5")).toContain("serving client traffic");
    const show =
      "exec --stdin client -- /kube kubectl config view --kubeconfig=/dev/stdin --output=jsonpath={}";
    const echo = run(sandbox.kubectl, [`--namespace=${NAMESPACE}`, ...show.split(" ")], {
      env: { ...process.env, KUBECONFIG: sandbox.kubeconfig },
    });
    echo.child.stdin?.end('{"kind":"Config","apiVersion":"v1","current-context":"said-by-the-test"}');
    expect((await echo).stdout).toContain("said-by-the-test");
  });

  test("memory and CPU of pods are measured", async () => {
    await expect
      .poll(() => kubectl("top", "pod", "store-0").catch(() => ""), { timeout: 60_000 })
      .toMatch(/\d+Mi/);
  });

  test("Pod Security refuses what the namespace does not allow", async () => {
    const privileged = {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name: "privileged", namespace: NAMESPACE },
      spec: { containers: [{ name: "x", image, securityContext: { privileged: true } }] },
    };
    expect(() => apply([privileged])).toThrow(/violates PodSecurity "restricted/);
  });

  test("secrets are encrypted where they are stored", async () => {
    const value = "only-for-the-test-of-encryption";
    await kubectl("create", "secret", "generic", "plain", `--from-literal=value=${value}`);
    expect(await kubectl("get", "secret", "plain", "--output=jsonpath={.data.value}")).toBe(encoded(value));
    const search = spawnSync("grep", ["--recursive", "--quiet", value, layout.etcd]);
    expect(search.status, "grep finds nothing").toBe(1);
  });

  test("a second up has nothing to do and changes nothing", async () => {
    const before = sandboxConnection();
    const pid = readFileSync(layout.pid, "utf8");
    const lines: string[] = [];
    expect(await ensureSandbox({ onProgress: (line) => lines.push(line) })).toEqual(before);
    expect(lines).toEqual([]);
    expect(readFileSync(layout.pid, "utf8")).toBe(pid);
  });

  test("all processes killed at once: up converges, with all that was stored", async () => {
    await keep("before", "the power cut");
    killEverything();
    await expect.poll(async () => (await sandboxStatus()).running, { timeout: 30_000 }).toBe(false);
    sandbox = await ensureSandbox(quiet);
    await isStoreReady();
    await expect.poll(() => kept("before"), { timeout: 60_000 }).toBe("the power cut");
  });

  test("two ups at the same time take turns", async () => {
    killEverything();
    const [first, second] = await Promise.all([command("up", "--json"), command("up", "--json")]);
    expect([first.code, second.code]).toEqual([0, 0]);
    expect(JSON.parse(first.stdout)).toEqual(JSON.parse(second.stdout));
    expect(first.stderr + second.stderr).toContain("Waiting for another command");
  });

  test("a further node joins, is one network with the others, and goes again without a trace", async () => {
    const before = allNodes(layout);
    const added = layoutOf(layout.home, before.length + 1);
    expect(await command("up", "--nodes", String(before.length + 1))).toMatchObject({ code: 0 });
    apply([client(image, { name: "far", nodeName: added.nodeName })]);
    await kubectl("wait", "pod/far", "--for=condition=Ready", "--timeout=60s");
    const ask = () => getFrom("far", "http://store").catch((error: Error) => error.message);
    await expect.poll(ask, { timeout: 20_000 }).toContain("etcdserver");
    apply([refusal("far")]);
    await expect.poll(ask, { timeout: 20_000 }).toMatch(/deadline|timeout/i);

    expect(await command("up", "--nodes", String(before.length))).toMatchObject({ code: 0 });
    const names = before.map(({ nodeName }) => nodeName);
    expect((await sandboxStatus()).nodes.map(({ name }) => name)).toEqual(names);
    expect(await kubectl("get", "nodes", "--output=name")).not.toContain(added.nodeName);
    expect([processesIn(added.cgroup), existsSync(added.own)]).toEqual([[], false]);
  });

  test.each<[string, () => Promise<void>]>([
    ["from a running sandbox", async () => {}],
    ["after containerd was killed", killContainerd],
    ["after everything was killed", async () => killEverything()],
  ])("down leaves nothing on the machine: %s", async (_, before) => {
    await command("down");
    const clean = machineState(layout.home);
    sandbox = await ensureSandbox(quiet);
    await isStoreReady();
    await before();
    expect(await command("down")).toMatchObject({ code: 0 });
    expect(machineState(layout.home)).toEqual(clean);
    expect(await command("down")).toMatchObject({ code: 0 });
    expect((await command("status")).code).toBe(3);
    expect(existsSync(layout.etcd)).toBe(true);
  });
});
