import { expect, test } from "vitest";
import { parse } from "yaml";
import { parseSettings } from "../settings.ts";
import { machineFiles } from "./machines-command.ts";

const KEY = Buffer.alloc(32, 5).toString("base64");
const NOW = new Date("2026-11-21T12:00:00Z");
const target = (cluster: object) => {
  const parsed = parseSettings(
    { environment: "staging", cluster: { kind: "vm", ...cluster } },
    "vm",
    {},
  ).cluster;
  if (parsed.kind !== "vm") throw new Error(`expected machines, found ${parsed.kind}`);
  return parsed;
};
const alone = target({ name: "edge", address: "10.0.1.21", servers: ["10.0.1.21"], nodeCidr: "10.0.1.0/24" });
const whole = target({
  name: "shop",
  address: "10.0.1.10",
  servers: ["10.0.1.21", "10.0.1.22", "10.0.1.23"],
  agents: ["10.0.1.31"],
  balancers: ["10.0.1.8", "10.0.1.9"],
  nodeCidr: "10.0.1.0/24",
});

/** Made once: keys and signatures take their time. */
const files = machineFiles(whole, KEY, NOW);
const single = machineFiles(alone, KEY, NOW);

test("every machine of a cluster has a file, and whoever is to reach it has a kubeconfig", () => {
  expect(Object.keys(files).sort()).toEqual([
    "agent.yaml",
    "balancer-1.yaml",
    "balancer-2.yaml",
    "kubeconfig",
    "server-1.yaml",
    "server-2.yaml",
    "server-3.yaml",
  ]);
  expect(Object.keys(single)).toEqual(["kubeconfig", "server-1.yaml", "agent.yaml"]);
});

test("the files are the same whenever they are written, until the master key is another", () => {
  expect(machineFiles(alone, KEY, NOW)).toEqual(single);
  const other = machineFiles(alone, Buffer.alloc(32, 6).toString("base64"), NOW);
  expect(other.kubeconfig).not.toBe(single.kubeconfig);
});

test("the load balancers pass the API to servers, and the web to whoever runs pods", () => {
  const written: { path: string; content: string }[] = parse(files["balancer-1.yaml"] ?? "").write_files;
  const { content } = written.find(({ path }) => path === "/etc/haproxy/haproxy.cfg") ?? { content: "" };
  const backends = [...content.matchAll(/ {2}server \S+ (\S+)/g)].map(([, address]) => address);
  expect(backends).toEqual([
    "10.0.1.21:6443",
    "10.0.1.22:6443",
    "10.0.1.23:6443",
    "10.0.1.31:80",
    "10.0.1.31:443",
  ]);
});
