/** Where lines are read from: Loki where the stack has one, else the nodes, which keep the latest of each container. */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { LOKI, LOKI_PORT } from "../../components/logs/names.ts";
import { type Cluster, ClusterError, clusterFlags } from "../kubernetes/cluster.ts";
import { answers, byTime, type LogLine, readLine } from "./lines.ts";
import type { Question } from "./question.ts";

/** Lines at the most: the latest. Nobody reads more, and Loki answers no more than this. */
export const MAX_LINES = 5000;

/**
 * Reads what the nodes still have of the services' logs.
 *
 * @throws {ClusterError} where kubectl cannot.
 */
export async function fromNodes(cluster: Cluster, namespace: string, question: Question): Promise<LogLine[]> {
  const { service } = question;
  const selector = service === undefined ? "component=service" : `name=${service}`;
  const words = [
    ...clusterFlags(cluster),
    "logs",
    `--namespace=${namespace}`,
    `--selector=app.kubernetes.io/${selector}`,
    `--since=${question.seconds}s`,
    "--tail=-1",
    "--max-log-requests=1000",
    // One that has just ended takes nothing from what the others said.
    "--ignore-errors",
  ];
  const child = spawn(cluster.kubectl, words, { stdio: ["ignore", "pipe", "pipe"] });
  const ended = once(child, "close");
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    said += text;
  });
  const lines: LogLine[] = [];
  for await (const text of createInterface({ input: child.stdout })) {
    const line = readLine(text);
    if (line !== undefined && answers(line, question)) lines.push(line);
  }
  const [code] = await ended;
  if (code !== 0) throw new ClusterError(said.trim() || `kubectl logs ended with exit code ${code}`);
  return lines.sort(byTime).slice(-MAX_LINES);
}

/**
 * Asks Loki.
 *
 * @param namespace Namespace of Loki.
 * @param logged Namespace whose logs are asked for.
 * @throws {ClusterError} where it cannot be reached or does not answer.
 */
export async function fromLoki(
  cluster: Cluster,
  namespace: string,
  logged: string,
  question: Question,
  now = Date.now(),
): Promise<LogLine[]> {
  const { port, close } = await forward(cluster, namespace);
  try {
    const url = new URL(`http://127.0.0.1:${port}/loki/api/v1/query_range`);
    url.search = lokiQuery(logged, question, now).toString();
    const answer = await fetch(url, { signal: AbortSignal.timeout(60_000) });
    const body = await answer.text();
    if (!answer.ok) throw new ClusterError(`Loki answered ${answer.status}: ${body.slice(0, 300).trim()}`);
    return readAnswer(body)
      .filter((line) => answers(line, question))
      .sort(byTime);
  } finally {
    close();
  }
}

/** The question in Loki's words. */
export function lokiQuery(logged: string, question: Question, now: number): URLSearchParams {
  const { service, traceId, orderId, security, seconds } = question;
  const labels = [`namespace="${logged}"`, ...(service === undefined ? [] : [`container="${service}"`])];
  const wanted = [traceId, orderId, security ? '"security":' : undefined].filter(
    (text) => text !== undefined,
  );
  return new URLSearchParams({
    query: `{${labels.join(",")}}${wanted.map((text) => ` |= ${JSON.stringify(text)}`).join("")}`,
    start: `${now - seconds * 1000}000000`,
    end: `${now}000000`,
    limit: String(MAX_LINES),
    direction: "backward",
  });
}

/** What Loki answers, as far as it is needed. */
interface LokiAnswer {
  readonly data: { readonly result: readonly { readonly values: readonly (readonly [string, string])[] }[] };
}

/** The lines of Loki's answer that services have written, in no order. */
export function readAnswer(body: string): LogLine[] {
  const { data }: LokiAnswer = JSON.parse(body);
  return data.result.flatMap(({ values }) =>
    values.flatMap(([, text]) => {
      const line = readLine(text);
      return line === undefined ? [] : [line];
    }),
  );
}

/** Opens a port of this machine that leads to Loki. */
async function forward(
  cluster: Cluster,
  namespace: string,
): Promise<{ readonly port: number; readonly close: () => void }> {
  const words = ["port-forward", `--namespace=${namespace}`, `service/${LOKI}`, `:${LOKI_PORT}`];
  const child = spawn(cluster.kubectl, [...clusterFlags(cluster), ...words], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    said += text;
  });
  return await new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", () => reject(new ClusterError(`Loki cannot be reached: ${said.trim()}`)));
    createInterface({ input: child.stdout }).on("line", (line) => {
      const [, port] = /^Forwarding from 127\.0\.0\.1:(\d+)/.exec(line) ?? [];
      if (port !== undefined) resolve({ port: Number(port), close: () => child.kill() });
    });
  });
}
