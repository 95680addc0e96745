/** Three nodes of a broker, each in a network namespace of its own, as three pods. Needs root. */

import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { run, succeeds, waitFor } from "../../sandbox/command.ts";
import { ensurePrograms } from "../../test/support/debian.ts";
import { ADVANCED_CONFIGURATION, brokerConfiguration, nodeHost } from "./configuration.ts";
import { definitions } from "./definitions.ts";

const PROGRAMS = "/usr/lib/rabbitmq/bin";
const BROKER = "rabbitmq";
const NODES = [0, 1, 2];
const address = (node: number) => `10.98.0.${node + 1}`;
/** Namespaces have names that no other run has. */
const machine = (node: number) => `tradestack-${process.pid}-node-${node}`;
const SWITCH = `tradestack-${process.pid}-switch`;
const MACHINES = [...NODES.map(machine), SWITCH];
const ROOT = join(import.meta.dirname, "..", "..");
/** Seconds that three nodes may take, on one machine that does other things. */
const PATIENCE = 240;

let directory: string;
const running = new Map<number, ChildProcess>();

const within = (node: number, command: readonly string[]) => [
  "ip",
  "netns",
  "exec",
  machine(node),
  ...command,
];
const folder = (node: number) => join(directory, String(node));
const environment = (node: number) => ({
  PATH: `${PROGRAMS}:/usr/sbin:/usr/bin:/sbin:/bin`,
  HOME: folder(node),
  LANG: "C.UTF-8",
  RABBITMQ_USE_LONGNAME: "true",
  RABBITMQ_NODENAME: `rabbit@${nodeHost(BROKER, node)}`,
  RABBITMQ_CONFIG_FILE: join(directory, "rabbitmq.conf"),
  RABBITMQ_ADVANCED_CONFIG_FILE: join(directory, "advanced.config"),
  RABBITMQ_CONF_ENV_FILE: join(directory, "env.conf"),
  RABBITMQ_ENABLED_PLUGINS_FILE: join(directory, "plugins"),
  RABBITMQ_MNESIA_BASE: join(folder(node), "data"),
  RABBITMQ_LOGS: "-",
  RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: "+S 1:1 +sbwt none",
});

beforeAll(async () => {
  await ensurePrograms({ "rabbitmq-server": `${PROGRAMS}/rabbitmq-server`, iproute2: "/usr/sbin/ip" });
  directory = mkdtempSync(join(tmpdir(), "tradestack-rabbitmq-"));
  const secrets = join(directory, "definitions.json");
  const user = {
    name: "order",
    password: "pw-order",
    publishes: ["order.paid.v1"],
    consumes: ["order.paid.v1"],
  };
  writeFileSync(secrets, definitions([user]));
  writeFileSync(
    join(directory, "rabbitmq.conf"),
    brokerConfiguration(BROKER, NODES.length, "512Mi").replace(
      "/run/secrets/rabbitmq/definitions.json",
      secrets,
    ),
  );
  writeFileSync(join(directory, "advanced.config"), ADVANCED_CONFIGURATION);
  writeFileSync(join(directory, "env.conf"), "");
  writeFileSync(join(directory, "plugins"), "[].\n");
  const hosts = NODES.map((node) => `${address(node)} ${nodeHost(BROKER, node)}\n`).join("");

  for (const name of MACHINES) await run(["ip", "netns", "add", name]);
  await run(["ip", "-n", SWITCH, "link", "add", "switch0", "type", "bridge"]);
  await run(["ip", "-n", SWITCH, "link", "set", "switch0", "up"]);
  for (const node of NODES) {
    const own = machine(node);
    mkdirSync(join("/etc/netns", own), { recursive: true });
    writeFileSync(join("/etc/netns", own, "hosts"), `127.0.0.1 localhost\n${hosts}`);
    mkdirSync(folder(node));
    writeFileSync(join(folder(node), ".erlang.cookie"), "only-for-tests", { mode: 0o400 });
    const port = `port${node}`;
    await run(["ip", "-n", SWITCH, "link", "add", port, "type", "veth", "peer", "eth0", "netns", own]);
    await run(["ip", "-n", SWITCH, "link", "set", port, "master", "switch0", "up"]);
    await run(["ip", "-n", own, "address", "add", `${address(node)}/24`, "dev", "eth0"]);
    for (const link of ["lo", "eth0"]) await run(["ip", "-n", own, "link", "set", link, "up"]);
  }
});

afterAll(async () => {
  for (const node of NODES) await lose(node);
  for (const name of MACHINES) {
    await succeeds(["ip", "netns", "delete", name]);
    rmSync(join("/etc/netns", name), { recursive: true, force: true });
  }
  if (directory !== undefined) rmSync(directory, { recursive: true });
});

function start(node: number): void {
  const [program = "", ...args] = within(node, [`${PROGRAMS}/rabbitmq-server`]);
  running.set(node, spawn(program, args, { env: environment(node), stdio: "ignore" }));
}

/** Ends everything on a machine at once, as a power failure does. */
async function lose(node: number): Promise<void> {
  const pids = (await run(["ip", "netns", "pids", machine(node)])).split("\n").filter(Boolean);
  for (const pid of pids) await succeeds(["kill", "-KILL", pid]);
  running.delete(node);
}

/** How many nodes run, as one of them sees it; 0 where it does not answer. */
async function seen(node: number): Promise<number> {
  const status = ["rabbitmqctl", "--quiet", "cluster_status", "--formatter", "json"];
  try {
    const text = await run(within(node, status), { env: environment(node) });
    return (JSON.parse(text) as { running_nodes: string[] }).running_nodes.length;
  } catch {
    return 0;
  }
}
const untilSeen = (node: number, count: number) =>
  waitFor(`${count} nodes`, PATIENCE, async () => (await seen(node)) === count);

/** Runs a piece of a service on a machine, connected to the node there. */
const service = (node: number, code: string) =>
  run(within(node, [process.execPath, "--input-type=module", "--eval", PRELUDE + code]), {
    cwd: ROOT,
    env: { BROKER_URL: `amqp://order:pw-order@${nodeHost(BROKER, node)}:5672/tradestack` },
    timeout: 60_000,
  });
const PRELUDE = `
import { Connection } from "rabbitmq-client";
import { declareTopology } from "./services/chassis/topology.ts";
const connection = new Connection(process.env.BROKER_URL);
const channel = await connection.acquire();
await channel.confirmSelect();
const publish = async (count) => {
  for (let n = 0; n < count; n += 1)
    await channel.basicPublish({ exchange: "tradestack.events", routingKey: "order.paid.v1", durable: true }, String(n));
};
const done = async (answer) => { console.log(answer); await channel.close(); await connection.close(); };
`;

test("three nodes that start at the same time are one cluster, and a lost one takes no message with it", async () => {
  for (const node of NODES) start(node);
  for (const node of NODES) await untilSeen(node, NODES.length);
  // Nobody has declared anything yet: what is published waits all the same, and a service finds its queue as it wants it.
  expect(await service(0, "await publish(1); await done('published');")).toBe("published\n");
  const declare = (name: string) =>
    `const { events } = await declareTopology(channel, "${name}", ["order.paid.v1"]);`;
  const early = `${declare("order")}
    const first = new Promise((resolve) => channel.basicConsume({ queue: events, noAck: true }, resolve));
    const { body } = await first;
    // Before 3.13 it stays with its first node alone, and what is published would be refused once that one is lost.
    await channel.queueDelete({ queue: events });
    await done(body);`;
  expect(await service(0, early)).toBe("0\n");

  // A queue that is declared while all three are there has a member on each at once, whatever the version.
  const trial = declare("order.trial");
  expect(await service(0, `${trial} await publish(50); await done('published');`)).toBe("published\n");
  const members = [
    "rabbitmqctl",
    "--quiet",
    "list_queues",
    "--vhost",
    "tradestack",
    "name",
    "type",
    "members",
  ];
  const queues = await run(within(1, [...members, "--formatter", "json"]), { env: environment(1) });
  const events = (JSON.parse(queues) as { name: string; type: string; members: string[] }[]).find(
    ({ name }) => name === "order.trial.events",
  );
  expect(events).toMatchObject({ type: "quorum", members: { length: 3 } });

  await lose(0);
  await untilSeen(1, 2);
  const received = `
    ${trial}
    await publish(10);
    const numbers = [];
    await new Promise((resolve) =>
      channel.basicConsume({ queue: events, noAck: true }, ({ body }) => {
        if (numbers.push(Number(body)) === 60) resolve();
      }),
    );
    await done(numbers.join());`;
  expect(await service(1, received)).toBe(`${[...Array(50).keys(), ...Array(10).keys()].join()}\n`);

  start(0);
  await untilSeen(0, NODES.length);
}, 600_000);
