/** The agent itself with its configuration, between files as a kubelet keeps them and what stands for Loki. */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { run } from "../../sandbox/command.ts";
import { ensurePrograms } from "../../test/support/debian.ts";
import { agentArguments, agentConfiguration } from "./agent-configuration.ts";

const SYSLOG_NG = "/usr/sbin/syslog-ng";
/** A line of Loki's: its labels, its time in nanoseconds and its text. */
interface Line {
  readonly stream: Readonly<Record<string, string>>;
  readonly values: readonly (readonly [time: string, text: string])[];
}

let directory: string;
let loki: Server;
let agent: ReturnType<typeof spawn>;
const received: Line[] = [];
/** What Loki answers at first: it is away. */
let status = 503;

const log = (folder: string, lines: string): void => {
  mkdirSync(join(directory, "logs", folder), { recursive: true });
  appendFileSync(join(directory, "logs", folder, "0.log"), lines);
};
const texts = () => received.flatMap(({ values }) => values.map(([, text]) => text));

beforeAll(async () => {
  await ensurePrograms({
    "syslog-ng-core": SYSLOG_NG,
    "syslog-ng-mod-http": "/usr/lib/syslog-ng/3.38/libhttp.so",
  });
  directory = mkdtempSync(join(tmpdir(), "tradestack-logs-"));
  loki = createServer((request, response) => {
    let body = "";
    request.setEncoding("utf8").on("data", (text: string) => {
      body += text;
    });
    request.on("end", () => {
      if (status < 300) received.push(...(JSON.parse(body) as { streams: Line[] }).streams);
      response.writeHead(status).end();
    });
  }).listen(0, "127.0.0.1");
  await once(loki, "listening");
  const address = loki.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const configuration = agentConfiguration({
    namespaces: ["shop"],
    url: `http://127.0.0.1:${port}/loki/api/v1/push`,
    folder: join(directory, "logs"),
  });
  const file = join(directory, "syslog-ng.conf");
  writeFileSync(file, configuration);
  log(
    "shop_order-1_0b6f1e0a/order",
    '2026-11-21T18:15:00.123456789Z stdout F {"msg":"it\'s \\"paid\\"","ä":1}\n',
  );
  log("shop_order-1_0b6f1e0a/order", "2026-11-21T19:15:01.5+01:00 stderr F $(plain) $text \\ \t.\n");
  log("shopping_cart-1_1c6f1e0a/cart", "2026-11-21T18:15:00Z stdout F of another namespace\n");
  agent = spawn(SYSLOG_NG, agentArguments(file, directory), { stdio: "ignore" });
});
afterAll(async () => {
  agent.kill();
  await once(agent, "exit");
  loki.close();
  rmSync(directory, { recursive: true });
});

test("lines of the wanted namespaces arrive to the letter, with their time and whose they are, once Loki is there", async () => {
  await expect
    .poll(() => run([`${SYSLOG_NG}-ctl`, "stats", `--control=${directory}/syslog-ng.ctl`]))
    .toContain("loki");
  status = 204;
  await expect.poll(() => texts().length).toBe(2);
  const labels = { namespace: "shop", pod: "order-1", container: "order" };
  expect(received).toEqual([
    {
      stream: { ...labels, stream: "stdout" },
      values: [["1795284900123456000", '{"msg":"it\'s \\"paid\\"","ä":1}']],
    },
    { stream: { ...labels, stream: "stderr" }, values: [["1795284901500000000", "$(plain) $text \\ \t."]] },
  ]);
});

test("what is written later follows, in files that are there and in new ones", async () => {
  log("shop_order-1_0b6f1e0a/order", "2026-11-21T18:16:00Z stdout F later\n");
  log("shop_payment-1_2d6f1e0a/payment", "2026-11-21T18:16:01Z stdout F new\n");
  await expect.poll(() => texts().slice(2).sort()).toEqual(["later", "new"]);
});
