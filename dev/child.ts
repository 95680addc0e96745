import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

/** A program that runs beside others until it is told to end. */
export interface Child {
  readonly name: string;
  /** Settles when it has ended, by itself or because it was told to. */
  readonly ended: Promise<Ending>;
  /** Asks it to end, and kills it where it does not in time. Repeatable. */
  stop(): Promise<void>;
}

/** How a program ended. */
export interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** What {@link startChild} starts. */
export interface ChildOptions {
  readonly name: string;
  /** The program and its arguments. */
  readonly command: readonly string[];
  /** Its variables; nothing is inherited but what is here. */
  readonly env: Readonly<Record<string, string>>;
  /** The signal that asks it to end. Default: SIGTERM. */
  readonly stopSignal?: "SIGTERM" | "SIGINT";
  /** Takes each line that it writes. */
  readonly onLine: (line: string) => void;
}

/** Milliseconds that a program has to end before it is killed. */
const PATIENCE = 4000;

/**
 * Starts a program. It gets no Ctrl-C from the terminal, so that programs can be ended in order; when this process
 * dies without a word, the kernel tells it.
 */
export function startChild({ name, command, env, stopSignal = "SIGTERM", onLine }: ChildOptions): Child {
  const child = spawn("setpriv", ["--pdeathsig", stopSignal.slice(3), ...command], {
    env,
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  for (const input of [child.stdout, child.stderr]) createInterface({ input }).on("line", onLine);
  const ended = endingOf(child, onLine);
  const signalGroup = (signal: NodeJS.Signals) => {
    if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    try {
      process.kill(-child.pid, signal);
    } catch {
      // It has ended in this moment.
    }
  };
  return {
    name,
    ended,
    async stop() {
      signalGroup(stopSignal);
      const timer = setTimeout(signalGroup, PATIENCE, "SIGKILL");
      await ended;
      clearTimeout(timer);
    },
  };
}

async function endingOf(child: ChildProcess, onLine: (line: string) => void): Promise<Ending> {
  try {
    await once(child, "close");
  } catch (error) {
    onLine(String(error));
  }
  return { code: child.exitCode, signal: child.signalCode };
}
