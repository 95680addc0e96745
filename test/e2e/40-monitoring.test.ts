/**
 * Monitoring on a real cluster: everything is measured, no panel is empty while people buy, and somebody is told when a
 * store is in trouble and when it is not any more.
 */
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { orderOf } from "../../drills/platform/shop.ts";
import { serviceImage } from "../../images/tags.ts";
import type { Listed, Shown, ShownDashboard } from "../../observability/viewer/answers.ts";
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
${services.map(({ name }) => `    ${name}: { scale: { min: 1, max: 1 } }`).join("\n")}
`,
);
const MINUTE = 60_000;
/** Ten times as long as it takes on a machine with nothing else to do. */
const PATIENT = { timeout: 5 * MINUTE, interval: 3000 };

/** Writes a line for each alert of a message: what happened, and to which. */
const receive = `require("node:http").createServer((request, response) => {
  let body = "";
  request.on("data", (part) => (body += part));
  request.on("end", () => {
    for (const { status, labels } of JSON.parse(body).alerts) console.log(status, labels.alertname);
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

/** Asks a part of the monitoring through the API server, as an operator may. */
const ask = async <Answer>(service: string, path: string): Promise<Answer> =>
  JSON.parse(
    await stack.cluster.kubectl(
      ...["get", "--raw", `/api/v1/namespaces/${MONITORING}/services/${service}/proxy/${path}`],
    ),
  );

const told = () => stack.cluster.kubectl("logs", "receiver", "--namespace", RECEIVER);
/** Has RabbitMQ take messages up to so much of the memory. */
const watermark = (share: number) =>
  stack.cluster.kubectl(
    ...["exec", "rabbitmq-0", "--namespace", stack.namespace, "--container", "rabbitmq", "--"],
    ...["rabbitmqctl", "set_vm_memory_high_watermark", String(share)],
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
  const skus = await stack.shop.skusInStock(100, 50);
  buying = (async () => {
    for (let index = 0; !done; index += 1) {
      await stack.shop.order(orderOf(skus[index % skus.length] ?? ""), randomUUID());
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

interface Targets {
  readonly data: {
    readonly activeTargets: readonly {
      readonly labels: { readonly job: string };
      readonly health: string;
    }[];
  };
}

test("everything is measured: every service, each store, the nodes, their containers, and what Kubernetes wants", async () => {
  const jobs = [
    ...services.map(({ name }) => name),
    ...["postgres", "redis", "rabbitmq", "rabbitmq-queues", "node", "kubelet", "cadvisor"],
    ...["kube-state-metrics", "prometheus", "alertmanager"],
  ];
  const answering = async () => {
    const { data } = await ask<Targets>("prometheus:metrics", "api/v1/targets?state=active");
    const up = data.activeTargets.filter(({ health }) => health === "up").map(({ labels }) => labels.job);
    return [...new Set(up)].sort();
  };
  await expect.poll(answering, PATIENT).toEqual(jobs.sort());
});

const isEmpty = (shown: Shown): boolean => {
  if (shown.kind === "number") return shown.value === null;
  if (shown.kind === "problem") return true;
  return (shown.kind === "lines" ? shown.lines : shown.rows).length === 0;
};

test("no panel is empty while people buy", async () => {
  const names = await ask<Listed[]>("viewer:http", "api/dashboards");
  const left = new Set(names.map(({ name }) => name));
  // What has been seen whole is not asked for again.
  const empty = async () => {
    const places: string[] = [];
    for (const name of left) {
      const path = `api/dashboards/${name}?range=15m`;
      const { title, rows } = await ask<ShownDashboard>("viewer:http", path);
      const missing = rows.flatMap((row) =>
        row.panels
          .filter((panel) => panel.mayBeEmpty !== true && isEmpty(panel.shown))
          .map((panel) => `${title}, ${row.title}, ${panel.title}`),
      );
      if (missing.length === 0) left.delete(name);
      places.push(...missing);
    }
    return places;
  };
  await expect.poll(empty, { ...PATIENT, interval: 15_000 }).toEqual([]);
});

test("a store in trouble is told within a minute, and so is its end", async () => {
  await watermark(0.00001);
  await expect.poll(told, PATIENT).toContain("firing BrokerAlarm");
  await watermark(0.6);
  await expect.poll(told, PATIENT).toContain("resolved BrokerAlarm");
});
