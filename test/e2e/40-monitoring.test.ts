/**
 * Monitoring on a real cluster: everything is measured, no panel is empty while people buy, and somebody is told when a
 * service goes and when it is back.
 */
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { orderOf } from "../../drills/platform/shop.ts";
import { serviceImage } from "../../images/tags.ts";
import { dashboardModels } from "../../observability/dashboards/index.ts";
import { panelsOf } from "../../observability/dashboards/model.ts";
import { services } from "../../services/index.ts";
import { TestStack } from "../support/stack.ts";

const MONITORING = "tradestack-watched-monitoring";
const RECEIVER = "tradestack-watched-receiver";
const PORT = 8080;
const stack = new TestStack(
  "watched",
  `  tradestack:monitoringNamespace: ${MONITORING}
  tradestack:monitoring:
    alertWebhook: http://receiver.${RECEIVER}:${PORT}/
  tradestack:services:
    account: { scale: { min: 1, max: 1 } }
    cart: { scale: { min: 1, max: 1 } }
    review: { scale: { min: 1, max: 1 } }
    storefront: { scale: { min: 1, max: 1 } }
`,
);
const MINUTE = 60_000;

/** Writes a line for each message: what happened, to which alert, of which service. */
const receive = `require("node:http").createServer((request, response) => {
  let body = "";
  request.on("data", (part) => (body += part));
  request.on("end", () => {
    for (const { status, labels } of JSON.parse(body).alerts) console.log(status, labels.alertname, labels.service);
    response.end();
  });
}).listen(${PORT})`;

const receiver = () => [
  { apiVersion: "v1", kind: "Namespace", metadata: { name: RECEIVER } },
  {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: "receiver", namespace: RECEIVER },
    spec: { selector: { app: "receiver" }, ports: [{ port: PORT }] },
  },
  {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "receiver", namespace: RECEIVER, labels: { app: "receiver" } },
    spec: {
      automountServiceAccountToken: false,
      terminationGracePeriodSeconds: 0,
      containers: [
        {
          name: "receiver",
          image: serviceImage("gateway"),
          imagePullPolicy: "Never",
          command: ["/usr/local/bin/node", "--eval", receive],
        },
      ],
    },
  },
];

interface Result {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: readonly [number, string];
}

/** Asks Prometheus through the API server, as an operator may. */
async function ask(query: string): Promise<readonly Result[]> {
  const path = `/api/v1/namespaces/${MONITORING}/services/prometheus:metrics/proxy/api/v1/query`;
  const answer = await stack.cluster.kubectl("get", "--raw", `${path}?query=${encodeURIComponent(query)}`);
  return JSON.parse(answer).data.result;
}

const told = () => stack.cluster.kubectl("logs", "receiver", "--namespace", RECEIVER);
const scale = (service: string, replicas: number) =>
  stack.cluster.kubectl(
    "scale",
    `deployment/${service}`,
    `--replicas=${replicas}`,
    "--namespace",
    stack.namespace,
  );

/** A path of each service: whatever it answers, it was asked. */
const PATHS = [
  "/",
  ...services.flatMap(({ routes: [route] }) => (route === undefined ? [] : [`/api${route}`])),
];

let buying: Promise<void>;
let done = false;

beforeAll(async () => {
  const result = await stack.up();
  expect(result.code, result.stdout + result.stderr).toBe(0);
  await stack.cluster.apply({ apiVersion: "v1", kind: "List", items: receiver() });
  const [sku = ""] = await stack.shop.skusInStock(1, 1000);
  buying = (async () => {
    while (!done) {
      await stack.shop.order(orderOf(sku), randomUUID());
      for (const path of PATHS) await stack.shop.send("GET", path);
    }
  })();
});

afterAll(async () => {
  done = true;
  await buying?.catch(() => {});
  await stack.cluster.kubectl("delete", "namespace", RECEIVER, "--ignore-not-found", "--wait=false");
  const destroyed = await stack.remove();
  expect(destroyed.code, destroyed.stdout + destroyed.stderr).toBe(0);
});

test("everything is measured: every service, each store, the nodes and their containers", async () => {
  const jobs = [
    ...services.map(({ name }) => name),
    ...["postgres", "redis", "rabbitmq", "rabbitmq-queues", "node", "kubelet", "cadvisor"],
    ...["prometheus", "alertmanager"],
  ];
  const answering = async () => (await ask("min by (job) (up) == 1")).map(({ metric }) => metric.job).sort();
  await expect.poll(answering, { timeout: 3 * MINUTE, interval: 5000 }).toEqual(jobs.sort());
});

test(
  "no panel is empty while people buy",
  async () => {
    const models = dashboardModels({ namespace: stack.namespace, services, resources: {}, redisReplicas: 3 });
    const panels = Object.values(models)
      .flatMap(panelsOf)
      .filter(({ panel }) => !panel.mayBeEmpty);
    const empty = async () => {
      const places: string[] = [];
      for (const { place, panel } of panels) {
        for (const { expr } of panel.queries)
          if ((await ask(expr)).length === 0) places.push(`${place}: ${expr}`);
      }
      return places;
    };
    // Rates over five minutes, and the lowest stock once a minute, need a while to be there.
    await expect.poll(empty, { timeout: 8 * MINUTE, interval: 15_000 }).toEqual([]);
  },
  9 * MINUTE,
);

test("no alert is raised by a platform that is well", async () => {
  const firing = await ask('ALERTS{alertstate="firing",severity!="none",alertname!~".*CpuUsage"}');
  expect(firing.map(({ metric }) => metric.alertname)).toEqual([]);
});

test(
  "a service that goes is told within minutes, and so is its return",
  async () => {
    await scale("review", 0);
    await expect.poll(told, { timeout: 6 * MINUTE, interval: 5000 }).toContain("firing ServiceDown review");
    await scale("review", 1);
    await expect.poll(told, { timeout: 8 * MINUTE, interval: 5000 }).toContain("resolved ServiceDown review");
  },
  16 * MINUTE,
);
