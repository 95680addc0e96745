/** What machines are told, judged by the programs that will read it there. */

import { X509Certificate } from "node:crypto";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { Agent, get } from "node:https";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parse } from "yaml";
import { run } from "../../../sandbox/command.ts";
import { ensurePrograms } from "../../../test/support/debian.ts";
import { Backend, Balancer, freePorts } from "../../../test/support/haproxy.ts";
import type { BalancerConfiguration } from "./args.ts";
import { haproxyConfiguration } from "./haproxy.ts";
import { CHECK_SOURCE } from "./keepalived.ts";
import { loadBalancerUserData } from "./user-data.ts";

const directory = mkdtempSync(join(tmpdir(), "tradestack-user-data-"));
const certificate = join(directory, "shop.pem");
const script = join(directory, "check-haproxy");

beforeAll(async () => {
  await ensurePrograms({
    haproxy: "/usr/sbin/haproxy",
    keepalived: "/usr/sbin/keepalived",
    "cloud-init": "/usr/bin/cloud-init",
    shellcheck: "/usr/bin/shellcheck",
    openssl: "/usr/bin/openssl",
  });
  const self = [
    "-newkey",
    "ec",
    "-pkeyopt",
    "ec_paramgen_curve:prime256v1",
    "-noenc",
    "-subj",
    "/CN=127.0.0.1",
  ];
  const [key, chain] = [join(directory, "key.pem"), join(directory, "chain.pem")];
  await run(["openssl", "req", "-x509", "-days", "1", ...self, "-keyout", key, "-out", chain]);
  writeFileSync(certificate, readFileSync(chain, "utf8") + readFileSync(key, "utf8"));
  writeFileSync(script, CHECK_SOURCE, { mode: 0o755 });
});
afterAll(() => rmSync(directory, { recursive: true }));

const EVERYTHING = (): BalancerConfiguration => ({
  frontends: [
    {
      name: "shop",
      port: 443,
      balance: "leastconn",
      health: { path: "/ready?full=1", port: 8081, intervalSeconds: 0.5, fall: 5, rise: 1 },
      tls: { certificate, redirectPort: 80 },
      servers: [
        { name: "worker-1", address: "10.0.1.11", port: 30080, weight: 256 },
        { name: "worker-2", address: "2001:db8::11", port: 30080, weight: 0 },
      ],
    },
    {
      name: "kubernetes",
      port: 6443,
      mode: "tcp",
      servers: [{ name: "server-1", address: "10.0.1.12", port: 6443 }],
    },
    {
      name: "encrypted",
      port: 9443,
      mode: "tcp",
      tls: { certificate },
      servers: [{ name: "server-1", address: "10.0.1.12", port: 9000 }],
    },
  ],
  timeouts: {
    connectSeconds: 1,
    clientSeconds: 0.5,
    serverSeconds: 86_400,
    requestSeconds: 5,
    tunnelSeconds: 10,
  },
  maxConnections: 500,
  standby: {
    virtualAddress: "10.0.1.10/24",
    nodes: [{ address: "10.0.1.8", interface: "ens192" }, { address: "10.0.1.9" }],
    routerId: 7,
  },
});

test("HAProxy takes every setting that there is", async () => {
  const file = join(directory, "haproxy.cfg");
  writeFileSync(file, haproxyConfiguration(EVERYTHING()));
  expect(await run(["haproxy", "-c", "-V", "-f", file])).toContain("Configuration file is valid");
});

test("cloud-init takes the user data of one machine and of both of a pair", async () => {
  const { standby: _, ...alone } = EVERYTHING();
  const all = [
    loadBalancerUserData(alone),
    loadBalancerUserData(EVERYTHING(), 0),
    loadBalancerUserData(EVERYTHING(), 1),
  ];
  for (const userData of all) {
    const file = join(directory, "user-data.yaml");
    writeFileSync(file, userData);
    expect(await run(["cloud-init", "schema", "--config-file", file])).toContain("Valid cloud-config");
  }
});

test("systemd knows all that the services are kept from", async () => {
  const files: { path: string; content: string }[] = parse(loadBalancerUserData(EVERYTHING(), 0)).write_files;
  const dropIns = files.filter(({ path }) => path.startsWith("/etc/systemd/"));
  expect(dropIns).toHaveLength(2);
  for (const { path, content } of dropIns) {
    const unit = basename(dirname(path), ".d");
    const units = join(directory, "units");
    mkdirSync(join(units, `${unit}.d`), { recursive: true });
    copyFileSync(`/lib/systemd/system/${unit}`, join(units, unit));
    writeFileSync(join(units, `${unit}.d`, basename(path)), content);
    let said = "";
    await run(["systemd-analyze", "verify", "--man=no", join(units, unit)], {
      env: { SYSTEMD_UNIT_PATH: `${units}:` },
      onLine: (line) => {
        said += `${line}\n`;
      },
    });
    expect(said).not.toContain("tradestack.conf");
  }
});

test("the check of a pair says whether HAProxy answers", async () => {
  await run(["shellcheck", script]);
  const [port = 0, metricsPort = 0] = await freePorts(2);
  const backend = await new Backend("a").start();
  const balancer = await Balancer.start({
    frontends: [{ name: "shop", port, servers: [backend.server()] }],
    metricsPort,
  });
  await run([script, String(metricsPort)]);
  await balancer.stop();
  await backend.stop();
  await expect(run([script, String(metricsPort)])).rejects.toThrow("exit code 1");
});

test("plain requests are sent on to the encrypted port, and are told apart behind it", async () => {
  const [port = 0, redirectPort = 0, metricsPort = 0] = await freePorts(3);
  const backend = await new Backend("a").start();
  const balancer = await Balancer.start({
    frontends: [{ name: "shop", port, tls: { certificate, redirectPort }, servers: [backend.server()] }],
    metricsPort,
  });
  try {
    const plain = await fetch(`http://127.0.0.1:${redirectPort}/cart?page=2`, { redirect: "manual" });
    const location = `https://127.0.0.1:${port}/cart?page=2`;
    expect([plain.status, plain.headers.get("location")]).toEqual([308, location]);
    expect(backend.asked).toEqual([]);
    const ca = new X509Certificate(readFileSync(certificate)).toString();
    const agent = new Agent({ ca, checkServerIdentity: () => undefined });
    const body = await new Promise<string>((resolve, reject) => {
      get(location, { agent }, (response) => resolve(text(response))).on("error", reject);
    });
    agent.destroy();
    expect([body, backend.asked]).toEqual(["a", ["GET /cart?page=2"]]);
    expect(backend.headers["x-forwarded-proto"]).toBe("https");
  } finally {
    await balancer.stop();
    await backend.stop();
  }
});
