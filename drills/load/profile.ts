import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { clusterFlags } from "../../deploy/kubernetes/cluster.ts";
import type { Platform } from "../platform/platform.ts";

/** Port of Node's inspector, which listens on the pod's own loopback address only. */
const INSPECTOR = 9229;
/** Milliseconds that opening the inspector may take. */
const PATIENCE = 15_000;

/** Open the inspector of the pod's first process, as `kill -USR1 1` would where there is a shell. */
const OPEN = "process.kill(1, 'SIGUSR1')";

/** A message of the inspector's protocol. */
interface Message {
  readonly id?: number;
  readonly result?: { readonly profile?: unknown };
  readonly error?: { readonly message: string };
}

/**
 * Writes down where a pod of a service spends its time while something happens.
 *
 * @returns A CPU profile as text, which the developer tools of Chromium and https://www.speedscope.app show as a flame graph.
 */
export async function profiled(
  platform: Platform,
  service: string,
  work: () => Promise<void>,
): Promise<string> {
  const { cluster, namespace } = platform;
  const [pod] = await cluster.podsOf(namespace, service);
  if (pod === undefined) throw new Error(`${service} has no pod to profile`);
  const node = ["/usr/local/bin/node", "--eval", OPEN];
  await cluster.kubectl("exec", pod, `--namespace=${namespace}`, `--container=${service}`, "--", ...node);
  const forward = await forwarded(platform, pod);
  try {
    const list = await fetch(`http://127.0.0.1:${forward.port}/json/list`);
    const targets: { webSocketDebuggerUrl: string }[] = JSON.parse(await list.text());
    const path = new URL(targets[0]?.webSocketDebuggerUrl ?? "").pathname;
    const inspector = await connected(`ws://127.0.0.1:${forward.port}${path}`);
    try {
      await inspector.ask("Profiler.enable");
      await inspector.ask("Profiler.start");
      await work();
      const { profile } = await inspector.ask("Profiler.stop");
      // Nobody else is to find the inspector open.
      await inspector.ask("Runtime.evaluate", { expression: "setImmediate(() => process._debugEnd())" });
      return JSON.stringify(profile);
    } finally {
      inspector.close();
    }
  } finally {
    forward.close();
  }
}

/** A local port that leads to the inspector. */
function forwarded(
  { target, namespace }: Platform,
  pod: string,
): Promise<{ readonly port: number; readonly close: () => void }> {
  const words = [...clusterFlags(target), "port-forward", `--namespace=${namespace}`, pod, `:${INSPECTOR}`];
  const child = spawn(target.kubectl, words, { stdio: ["ignore", "pipe", "ignore"] });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", () => reject(new Error(`the inspector of ${pod} cannot be reached`)));
    createInterface({ input: child.stdout }).on("line", (line) => {
      const [, port] = /^Forwarding from 127\.0\.0\.1:(\d+)/.exec(line) ?? [];
      if (port !== undefined) resolve({ port: Number(port), close: () => child.kill() });
    });
  });
}

interface Inspector {
  ask(method: string, params?: object): Promise<{ readonly profile?: unknown }>;
  close(): void;
}

async function connected(url: string): Promise<Inspector> {
  const socket = new WebSocket(url);
  const waiting = new Map<number, (message: Message) => void>();
  const opened = Promise.withResolvers<void>();
  socket.addEventListener("open", () => opened.resolve());
  socket.addEventListener("error", () => opened.reject(new Error(`no inspector at ${url}`)));
  socket.addEventListener("message", ({ data }) => {
    const message: Message = JSON.parse(String(data));
    if (message.id !== undefined) waiting.get(message.id)?.(message);
  });
  const timer = setTimeout(() => opened.reject(new Error(`no inspector at ${url} in time`)), PATIENCE);
  await opened.promise.finally(() => clearTimeout(timer));
  let last = 0;
  return {
    ask(method, params = {}) {
      last += 1;
      const id = last;
      socket.send(JSON.stringify({ id, method, params }));
      return new Promise((resolve, reject) =>
        waiting.set(id, ({ result = {}, error }) =>
          error === undefined ? resolve(result) : reject(new Error(`${method}: ${error.message}`)),
        ),
      );
    },
    close: () => socket.close(),
  };
}
