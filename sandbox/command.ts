/** Runs other programs: without a shell, with their own last words in the error. */

import { type SpawnOptions, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { setTimeout } from "node:timers/promises";

/** A program that could not be run or failed. The message names it, its exit code and what it said. */
export class CommandError extends Error {
  override readonly name = "CommandError";
}

/** How {@link run} runs a program. */
export interface RunOptions {
  /** What the program reads from its standard input. Default: nothing. */
  readonly input?: string;
  /** Variables beside those of this process. */
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Milliseconds after which the program is killed. Default: none. */
  readonly timeout?: number;
  /** Ends the program when aborted. */
  readonly signal?: AbortSignal | undefined;
  /** Called with each whole line of standard output or standard error, as it comes. */
  readonly onLine?: (line: string) => void;
}

/**
 * Runs a program and waits for it.
 *
 * @param command The program and its arguments.
 * @returns Its standard output.
 * @throws {CommandError} when it cannot be started, fails or takes too long.
 * @example await run(["ip", "link", "show"])
 */
export async function run(command: readonly string[], options: RunOptions = {}): Promise<string> {
  const [program = "", ...args] = command;
  const child = spawn(program, args, spawnOptions(options));
  let output = "";
  let lastWords = "";
  for (const input of [child.stdout, child.stderr]) {
    if (options.onLine !== undefined && input !== null) createInterface({ input }).on("line", options.onLine);
  }
  child.stdout?.setEncoding("utf8").on("data", (text: string) => {
    output += text;
  });
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    lastWords = (lastWords + text).slice(-2000);
  });
  child.stdin?.on("error", () => {}); // a program that ends before it has read everything says so by its exit code
  child.stdin?.end(options.input ?? "");
  const { code, signal, error } = await new Promise<Ending>((resolve) => {
    child.once("error", (cause) => resolve({ code: null, signal: null, error: cause }));
    child.once("close", (exit, by) => resolve({ code: exit, signal: by }));
  });
  if (code === 0) return output;
  const shown = command.slice(0, 4).join(" ");
  if (error !== undefined) throw new CommandError(`${shown}: ${error.message}`, { cause: error });
  const how = signal === null ? `exit code ${code}` : `ended by ${signal}`;
  throw new CommandError(`${shown}: ${how}: ${(lastWords || output.slice(-2000)).trim()}`);
}

interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly error?: Error;
}

function spawnOptions(options: RunOptions): SpawnOptions {
  return {
    stdio: ["pipe", "pipe", "pipe"],
    env: { ...process.env, ...options.env },
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    ...(options.timeout === undefined ? {} : { timeout: options.timeout, killSignal: "SIGKILL" }),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  };
}

/** Whether a program succeeds; what it says is of no interest. */
export async function succeeds(command: readonly string[], options: RunOptions = {}): Promise<boolean> {
  try {
    await run(command, options);
    return true;
  } catch (error) {
    if (error instanceof CommandError) return false;
    throw error;
  }
}

/** What {@link waitFor} may be told beside what it waits for. */
export interface WaitOptions {
  /** Further words for the error, asked for only when time is up. Default: none. */
  readonly detail?: () => string;
  /** Ends the waiting when aborted. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Asks again and again until the answer is yes.
 *
 * @param what What is waited for, for the error.
 * @param seconds How long at most.
 * @param ask The question.
 * @throws {CommandError} when time is up.
 */
export async function waitFor(
  what: string,
  seconds: number,
  ask: () => Promise<boolean>,
  { detail = () => "", signal }: WaitOptions = {},
): Promise<void> {
  const deadline = performance.now() + seconds * 1000;
  while (!(await ask())) {
    if (performance.now() > deadline) {
      throw new CommandError(`${what}: not there after ${seconds} s${detail()}`);
    }
    await setTimeout(100, undefined, { signal });
  }
}
