/** Alertmanager with the configuration that is made for it, and somebody who listens at the webhook. */

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { json } from "node:stream/consumers";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { waitFor } from "../../sandbox/command.ts";
import { ensurePrograms } from "../../test/support/debian.ts";
import { freePorts } from "../../test/support/haproxy.ts";
import { alertmanagerConfiguration } from "./routing.ts";

const ALERTMANAGER = "/usr/bin/prometheus-alertmanager";

interface Told {
  readonly receiver: string;
  readonly status: string;
  readonly alerts: readonly { readonly labels: Readonly<Record<string, string>> }[];
}

let directory: string;
let receiver: Server;
let alertmanager: ChildProcess;
let url: string;
let told: Told[] = [];

beforeAll(async () => {
  await ensurePrograms({ "prometheus-alertmanager": ALERTMANAGER });
  directory = mkdtempSync(join(tmpdir(), "tradestack-alertmanager-"));
  const [hookPort = 0, port = 0] = await freePorts(2);
  receiver = createServer(async (request, response) => {
    told.push((await json(request)) as Told);
    response.end();
  });
  await once(receiver.listen(hookPort, "127.0.0.1"), "listening");
  const hook = `http://127.0.0.1:${hookPort}/`;
  // The same routes without their patience: nobody waits for minutes here.
  const text = JSON.stringify(alertmanagerConfiguration({ webhook: hook, heartbeat: hook }));
  const quick = text
    .replaceAll(/"group_wait":"\w+"/g, '"group_wait":"100ms"')
    .replaceAll(/"group_interval":"\w+"/g, '"group_interval":"200ms"');
  const file = join(directory, "alertmanager.yml");
  writeFileSync(file, quick);
  url = `http://127.0.0.1:${port}`;
  const where = [`--storage.path=${directory}/data`, `--web.listen-address=127.0.0.1:${port}`];
  alertmanager = spawn(ALERTMANAGER, [`--config.file=${file}`, ...where, "--cluster.listen-address="], {
    stdio: "ignore",
  });
  const ready = () =>
    fetch(`${url}/-/ready`).then(
      ({ ok }) => ok,
      () => false,
    );
  await waitFor("Alertmanager", 20, ready);
});
afterAll(async () => {
  if (alertmanager?.kill()) await once(alertmanager, "exit");
  receiver?.close();
  if (directory !== undefined) rmSync(directory, { recursive: true });
});
beforeEach(() => {
  told = [];
});

const raise = async (labels: Record<string, string>, over = false) => {
  const now = Date.now();
  const alert = {
    labels,
    startsAt: new Date(now - 60_000).toISOString(),
    endsAt: new Date(over ? now - 1000 : now + 60_000).toISOString(),
  };
  const answer = await fetch(`${url}/api/v2/alerts`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify([alert]),
  });
  expect(answer.status).toBe(200);
};
const patiently = { timeout: 60_000 };
const heard = (status: string, alertname: string) =>
  told.filter(
    (one) => one.status === status && one.alerts.some(({ labels }) => labels.alertname === alertname),
  );

test("what goes wrong is told, and that it is over", async () => {
  const labels = { alertname: "ServiceDown", severity: "critical", service: "order" };
  await raise(labels);
  await expect.poll(() => heard("firing", "ServiceDown").length, patiently).toBe(1);
  await raise(labels, true);
  await expect.poll(() => heard("resolved", "ServiceDown").length, patiently).toBe(1);
});

test("the worse of two is told, and not the other", async () => {
  const where = { namespace: "shop", service: "order" };
  await raise({ alertname: "ErrorBudgetBurn", severity: "critical", ...where });
  await expect.poll(() => heard("firing", "ErrorBudgetBurn").length, patiently).toBe(1);
  await raise({ alertname: "ErrorBudgetBurn", severity: "warning", ...where });
  await raise({ alertname: "ErrorBudgetBurn", severity: "warning", namespace: "shop", service: "cart" });
  const services = () =>
    heard("firing", "ErrorBudgetBurn").flatMap(({ alerts }) => alerts.map((one) => one.labels));
  await expect.poll(() => services().some(({ service }) => service === "cart"), patiently).toBe(true);
  expect(services().filter(({ service }) => service === "order")).toEqual([
    { alertname: "ErrorBudgetBurn", severity: "critical", ...where },
  ]);
});

test("what follows from a store that is away is not told besides", async () => {
  await raise({ alertname: "PostgresDown", severity: "critical", namespace: "a" });
  await expect.poll(() => heard("firing", "PostgresDown").length, patiently).toBe(1);
  await raise({ alertname: "OutboxLag", severity: "warning", namespace: "a", job: "order" });
  await raise({ alertname: "OutboxLag", severity: "warning", namespace: "b", job: "order" });
  await expect.poll(() => heard("firing", "OutboxLag").length, patiently).toBe(1);
  expect(heard("firing", "OutboxLag")[0]?.alerts.map(({ labels }) => labels.namespace)).toEqual(["b"]);
});

test("a sign of life goes its own way", async () => {
  await raise({ alertname: "Watchdog", severity: "none" });
  await expect.poll(() => heard("firing", "Watchdog")[0]?.receiver, patiently).toBe("heartbeat");
});
