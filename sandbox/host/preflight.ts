/** What a machine must have, looked at before anything is changed. */

import { accessSync, constants, existsSync, readFileSync, statfsSync } from "node:fs";
import { createServer } from "node:net";
import { networkInterfaces } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { SandboxError } from "../errors.ts";
import { isOfSlot } from "../node/addresses.ts";
import type { Layout } from "../node/layout.ts";

/** What of the machine decides whether it can host the sandbox. Read by {@link inspectMachine}. */
export interface Machine {
  readonly platform: string;
  readonly isRoot: boolean;
  readonly hasGo: boolean;
  readonly hasDebianPackages: boolean;
  /** Free space for the state directory in GB. */
  readonly freeDiskGb: number;
  /** Space still needed in GB: less once the programs are compiled. */
  readonly neededDiskGb: number;
  readonly home: string;
  /** Names of the Debian packages that are missing. */
  readonly missingPackages: readonly string[];
}

/** What is left to do when this machine cannot host a sandbox. */
const INSTEAD = "or use a cluster you have with --context NAME";

/** A socket's path may have 107 bytes; the longest of ours adds this many to the state directory. */
const LONGEST_SOCKET = "/sandbox/nodes/2/run/containerd.sock.ttrpc".length;

/**
 * What keeps this machine from hosting the sandbox.
 *
 * @returns One sentence for the first thing that is missing, with its remedy; undefined when nothing is.
 */
export function obstacle(machine: Machine): string | undefined {
  if (machine.platform !== "linux") {
    return `the sandbox needs Linux and this is ${machine.platform}; run it in a Linux machine, ${INSTEAD}`;
  }
  if (!machine.isRoot) {
    return `the sandbox needs root, as kubelet and containerd make mounts and namespaces; run it as root, ${INSTEAD}`;
  }
  if (machine.missingPackages.length > 0 && !machine.hasDebianPackages) {
    return (
      `the sandbox needs ${machine.missingPackages.join(", ")} and there is no apt-get to install them with; ` +
      `install them yourself, ${INSTEAD}`
    );
  }
  if (!machine.hasGo) {
    return `the sandbox compiles Kubernetes and there is no go on the PATH; install Go 1.26 or newer, ${INSTEAD}`;
  }
  if (machine.freeDiskGb < machine.neededDiskGb) {
    return (
      `the sandbox needs ${machine.neededDiskGb} GB of free disk under ${machine.home} and there are ` +
      `${machine.freeDiskGb.toFixed(1)}; free some, let TRADESTACK_HOME name a larger disk, ${INSTEAD}`
    );
  }
  if (Buffer.byteLength(machine.home) + LONGEST_SOCKET > 107) {
    return (
      `the state directory ${machine.home} is too long for a socket's path; ` +
      `let TRADESTACK_HOME name one of at most ${107 - LONGEST_SOCKET} characters`
    );
  }
  return undefined;
}

/** GB that a further node takes, most of it for images. */
const NODE_GB = 2;

/**
 * Looks at this machine.
 *
 * @param newNodes How many nodes are to be added.
 */
export function inspectMachine(
  layout: Layout,
  missing: readonly string[],
  compiled: boolean,
  newNodes: number,
): Machine {
  return {
    platform: process.platform,
    isRoot: process.getuid?.() === 0,
    hasGo: onPath("go"),
    hasDebianPackages: onPath("apt-get"),
    freeDiskGb: freeDiskGb(layout.home),
    neededDiskGb: (compiled ? 4 : 12) + newNodes * NODE_GB,
    home: layout.home,
    missingPackages: missing,
  };
}

/**
 * Makes sure that nobody else uses the sandbox's addresses. To be asked when no node of ours runs.
 *
 * @param addresses The machine's. Default: those of its interfaces.
 * @throws {SandboxError} naming the address that is in the way.
 */
export function checkAddresses(
  { slot, addresses: { cluster } }: Layout,
  addresses: readonly string[] = machineAddresses(),
): void {
  const clash = addresses.find((address) => isOfSlot(slot, address));
  if (clash === undefined) return;
  throw new SandboxError(
    `the sandbox uses ${cluster} and this machine has the address ${clash}; take down what uses it, ` +
      `have the sandbox choose others with "npm run sandbox -- reset", which deletes what it stores, ${INSTEAD}`,
  );
}

/** The addresses of this machine's interfaces. */
export const machineAddresses = (): string[] =>
  Object.values(networkInterfaces()).flatMap((entries) => (entries ?? []).map(({ address }) => address));

function onPath(program: string): boolean {
  return (process.env.PATH ?? "").split(delimiter).some((directory) => {
    try {
      accessSync(join(directory, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

function freeDiskGb(path: string): number {
  let existing = path;
  while (!existsSync(existing)) existing = dirname(existing);
  const { bavail, bsize } = statfsSync(existing);
  return (bavail * bsize) / 1e9;
}

const CAP_SYS_RESOURCE = 24n;

/** Whether this process may lower an OOM score, by the text of `/proc/self/status`. */
export function mayLowerOomScore(status: string = readFileSync("/proc/self/status", "utf8")): boolean {
  const effective = /^CapEff:\s*([0-9a-f]+)$/m.exec(status)?.[1] ?? "0";
  return ((BigInt(`0x${effective}`) >> CAP_SYS_RESOURCE) & 1n) === 1n;
}

/**
 * Makes sure that a port of the loopback can be had.
 *
 * @param variable The variable that chooses another, for the error.
 * @throws {SandboxError} when another program listens there.
 */
export async function checkPort(port: number, variable: string): Promise<void> {
  const free = await new Promise<boolean>((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen({ host: "127.0.0.1", port }, () => server.close(() => resolve(true)));
  });
  if (!free) {
    throw new SandboxError(
      `port ${port} on 127.0.0.1 is taken by another program; end it, or choose another port with ${variable}=NUMBER`,
    );
  }
}
