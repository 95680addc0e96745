/**
 * Real PostgreSQL, Redis and RabbitMQ for the integration tests: the ones that TEST_POSTGRES_URL,
 * TEST_REDIS_URL and TEST_BROKER_URL name, else pods in the sandbox, from the same images the platform uses.
 */
import { execFileSync } from "node:child_process";
import { thirdPartyImage } from "../../images/tags.ts";
import { ensureImages } from "../../sandbox/images/build.ts";
import { ensureSandbox, type SandboxConnection } from "../../sandbox/index.ts";

const NAMESPACE = "tradestack-test";
const PASSWORD = "only-for-tests";

interface Server {
  readonly name: "postgres" | "redis" | "rabbitmq";
  readonly variable: string;
  readonly port: number;
  readonly env?: Readonly<Record<string, string>>;
  readonly ready: readonly string[];
  readonly url: (host: string) => string;
}

const servers: readonly Server[] = [
  {
    name: "postgres",
    variable: "TEST_POSTGRES_URL",
    port: 5432,
    env: { POSTGRES_PASSWORD: PASSWORD, PGDATA: "/tmp/data" },
    ready: ["pg_isready", "--host=127.0.0.1", "--username=postgres"],
    url: (host) => `postgres://postgres:${PASSWORD}@${host}:5432/postgres`,
  },
  {
    name: "redis",
    variable: "TEST_REDIS_URL",
    port: 6379,
    ready: ["redis-cli", "ping"],
    url: (host) => `redis://${host}:6379`,
  },
  {
    name: "rabbitmq",
    variable: "TEST_BROKER_URL",
    port: 5672,
    ready: ["rabbitmq-diagnostics", "--quiet", "check_port_connectivity"],
    url: (host) => `amqp://guest:guest@${host}:5672/`,
  },
];

/** A pod that a restricted namespace would take, with nothing to keep: its data goes with it. */
const podOf = (server: Server) => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name: server.name, namespace: NAMESPACE },
  spec: {
    automountServiceAccountToken: false,
    securityContext: {
      runAsNonRoot: true,
      runAsUser: 999,
      fsGroup: 999,
      seccompProfile: { type: "RuntimeDefault" },
    },
    containers: [
      {
        name: server.name,
        image: thirdPartyImage(server.name),
        imagePullPolicy: "IfNotPresent",
        env: Object.entries(server.env ?? {}).map(([name, value]) => ({ name, value })),
        ports: [{ containerPort: server.port }],
        readinessProbe: { exec: { command: server.ready }, periodSeconds: 2, timeoutSeconds: 10 },
        securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
      },
    ],
  },
});

function kubectl(sandbox: SandboxConnection, args: readonly string[], input?: unknown): string {
  return execFileSync(sandbox.kubectl, [`--kubeconfig=${sandbox.kubeconfig}`, ...args], {
    encoding: "utf8",
    ...(input === undefined ? {} : { input: JSON.stringify(input) }),
  });
}

/** vitest's global set-up: makes the servers, and takes away those it made. */
export default async function setup(): Promise<() => void> {
  const missing = servers.filter((server) => process.env[server.variable] === undefined);
  if (missing.length === 0) return () => {};
  const sandbox = await ensureSandbox({ onProgress: (line) => console.log(line) });
  await ensureImages(
    missing.map((server) => server.name),
    (line) => console.log(line),
  );
  const remove = () => kubectl(sandbox, ["delete", "namespace", NAMESPACE, "--ignore-not-found"]);
  remove();
  kubectl(sandbox, ["create", "namespace", NAMESPACE]);
  kubectl(sandbox, ["apply", "--filename=-"], { apiVersion: "v1", kind: "List", items: missing.map(podOf) });
  kubectl(sandbox, [
    "wait",
    "pod",
    "--all",
    `--namespace=${NAMESPACE}`,
    "--for=condition=Ready",
    "--timeout=180s",
  ]);
  for (const server of missing) {
    const address = [
      "get",
      "pod",
      server.name,
      `--namespace=${NAMESPACE}`,
      "--output=jsonpath={.status.podIP}",
    ];
    process.env[server.variable] = server.url(kubectl(sandbox, address));
  }
  return remove;
}
