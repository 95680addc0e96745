/** Two load balancers, each in a network namespace of its own, as two machines on one cable. Needs root. */

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { run, succeeds, waitFor } from "../../../sandbox/command.ts";
import { ensurePrograms } from "../../../test/support/debian.ts";
import type { BalancerConfiguration } from "./args.ts";
import { haproxyConfiguration } from "./haproxy.ts";
import { CHECK_SCRIPT, CHECK_SOURCE, CHECK_USER, keepalivedConfiguration } from "./keepalived.ts";

/** The two have names that no other run has. */
const MACHINES = [0, 1].map((index) => `tradestack-${process.pid}-${index}`);
const CONFIGURATION: BalancerConfiguration = {
  frontends: [{ name: "shop", port: 80, servers: [{ name: "worker-1", address: "127.0.0.1", port: 9 }] }],
  maxConnections: 100,
  standby: {
    virtualAddress: "10.99.0.10/24",
    nodes: [
      { address: "10.99.0.1", interface: "cable0" },
      { address: "10.99.0.2", interface: "cable1" },
    ],
  },
};
/** What the unit of keepalived leaves to it. */
const CONFINED = [
  "setpriv",
  "--no-new-privs",
  "--bounding-set=-all,+net_admin,+net_raw,+setuid,+setgid,+kill",
];

let directory: string;
const running = new Set<ChildProcess>();

beforeAll(async () => {
  await ensurePrograms({
    haproxy: "/usr/sbin/haproxy",
    keepalived: "/usr/sbin/keepalived",
    iproute2: "/usr/sbin/ip",
  });
  // keepalived runs no script that somebody else than root could have changed, so none in /tmp.
  directory = mkdtempSync("/var/lib/tradestack-keepalived-");
  chmodSync(directory, 0o755);
  const script = join(directory, "check-haproxy");
  writeFileSync(script, CHECK_SOURCE, { mode: 0o755 });
  for (const machine of MACHINES) await run(["ip", "netns", "add", machine]);
  const [first = "", second = ""] = MACHINES;
  await run([
    "ip",
    "link",
    "add",
    "cable0",
    "netns",
    first,
    "type",
    "veth",
    "peer",
    "cable1",
    "netns",
    second,
  ]);
  for (const index of [0, 1] as const) {
    const machine = ["ip", "-n", MACHINES[index] ?? ""];
    const address = `10.99.0.${index + 1}/24`;
    await run([...machine, "address", "add", address, "dev", `cable${index}`]);
    for (const device of ["lo", `cable${index}`]) await run([...machine, "link", "set", device, "up"]);
    const adminSocket = join(directory, `admin${index}.sock`);
    writeFileSync(
      join(directory, `haproxy${index}.cfg`),
      haproxyConfiguration({ ...CONFIGURATION, adminSocket }),
    );
    writeFileSync(
      join(directory, `keepalived${index}.conf`),
      // cloud-init would have made the user and the file.
      keepalivedConfiguration(CONFIGURATION, index)
        .replace(`script_user ${CHECK_USER}`, "script_user nobody")
        .replace(CHECK_SCRIPT, script),
    );
  }
});
afterAll(async () => {
  await Promise.all([...running].map(stop));
  for (const machine of MACHINES) await succeeds(["ip", "netns", "delete", machine]);
  rmSync(directory, { recursive: true, force: true });
});

function start(index: 0 | 1, command: readonly string[]): ChildProcess {
  const child = spawn("ip", ["netns", "exec", MACHINES[index] ?? "", ...command], { stdio: "ignore" });
  running.add(child);
  return child;
}

async function stop(child: ChildProcess): Promise<void> {
  running.delete(child);
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.kill("SIGTERM");
  await ended;
}

const startHaproxy = (index: 0 | 1) =>
  start(index, ["haproxy", "-f", join(directory, `haproxy${index}.cfg`)]);
const startKeepalived = (index: 0 | 1) => {
  const file = (name: string) => join(directory, `${name}${index}`);
  const options = ["-n", "-f", `${file("keepalived")}.conf`, "-p", file("pid"), "-r", file("vrrp-pid")];
  return start(index, [...CONFINED, "keepalived", ...options]);
};

/** Which machines have the virtual address. */
async function owners(): Promise<number[]> {
  const shown = await Promise.all(MACHINES.map((machine) => run(["ip", "-n", machine, "-o", "address"])));
  return shown.flatMap((text, index) => (text.includes(" 10.99.0.10/24 ") ? [index] : []));
}

const untilOwner = (index: number) =>
  waitFor(`the address on machine ${index}`, 30, async () => String(await owners()) === String(index));

/** Packets that the second machine has sent; while it has the address it says so each second. */
async function announced(): Promise<number> {
  const counter = "/sys/class/net/cable1/statistics/tx_packets";
  return Number(await run(["ip", "netns", "exec", MACHINES[1] ?? "", "cat", counter]));
}

/** Whether HAProxy of this machine passes the check once. */
const answers = (index: 0 | 1) =>
  succeeds(["ip", "netns", "exec", MACHINES[index] ?? "", join(directory, "check-haproxy"), "8405"]);

test("the address follows a HAProxy that works, and does not go back without need", async () => {
  let first = startHaproxy(0);
  const second = startHaproxy(1);
  startKeepalived(0);
  // Whoever has it keeps it: the second would have it first where the machine lets the first one wait.
  await untilOwner(0);
  const other = startKeepalived(1);

  await stop(first);
  await untilOwner(1);

  first = startHaproxy(0);
  await waitFor("HAProxy", 10, () => answers(0));
  // Two checks have to succeed, and a machine that wants the address back takes it after three more seconds. Of these
  // packets, up to 15 tell the neighbours of the address that has moved; the others are one a second.
  const before = await announced();
  await waitFor("announcements", 30, async () => (await announced()) >= before + 25);
  expect(await owners()).toEqual([1]);

  // A whole machine, this time: keepalived and all.
  await Promise.all([stop(other), stop(second)]);
  await untilOwner(0);
  expect(await answers(0)).toBe(true);
});
