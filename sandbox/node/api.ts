/** Questions to the API server, without the cost of a kubectl process for each. */

import { readFileSync, statSync } from "node:fs";
import { get } from "node:https";
import { type Layout, network } from "./layout.ts";

/**
 * Reads one path of the API as the administrator.
 *
 * @param path Such as `/readyz` or `/api/v1/nodes`.
 * @returns The body, or undefined where the server is not there yet or answers with an error.
 */
export function readApi(layout: Layout, path: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const request = get(
      {
        host: layout.addresses.api,
        port: network.apiPort,
        path,
        ca: readFileSync(layout.certificate("ca")),
        cert: readFileSync(layout.certificate("admin")),
        key: readFileSync(layout.key("admin")),
        agent: false,
        timeout: 5000,
      },
      (response) => {
        let body = "";
        response.setEncoding("utf8").on("data", (text: string) => {
          body += text;
        });
        response.on("end", () => resolve(response.statusCode === 200 ? body : undefined));
        response.on("error", () => resolve(undefined));
      },
    );
    request.on("timeout", () => request.destroy(new Error("timeout")));
    request.on("error", () => resolve(undefined));
  });
}

interface Condition {
  readonly type: string;
  readonly status: string;
  readonly lastHeartbeatTime?: string;
}

/** The part of a Pod that readiness is read from. */
export interface Pod {
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly deletionTimestamp?: string;
  };
  readonly status: {
    readonly conditions?: readonly Condition[];
    readonly containerStatuses?: readonly {
      readonly state: {
        readonly running?: { readonly startedAt: string };
        readonly waiting?: { readonly reason?: string; readonly message?: string };
      };
    }[];
  };
}

interface List<T> {
  readonly items: readonly T[];
}

const holds = (conditions: readonly Condition[] | undefined, type: string): Condition | undefined =>
  conditions?.find((condition) => condition.type === type && condition.status === "True");

/**
 * Whether the layout's node says of itself that it is ready, since it was last started: what the API stores may still
 * be the word of a node that was killed.
 */
export async function isNodeReady(layout: Layout): Promise<boolean> {
  const body = await readApi(layout, `/api/v1/nodes/${layout.nodeName}`);
  if (body === undefined) return false;
  const { status }: { status: { conditions?: readonly Condition[] } } = JSON.parse(body);
  const ready = holds(status.conditions, "Ready");
  return ready !== undefined && isSinceStart(layout, ready.lastHeartbeatTime);
}

/** Keeps pods from a node that has not got its images yet. */
export const LOADING_TAINT = "tradestack.dev/loading-images";

/** Whether the layout's node takes pods, as far as its images go. */
export async function hasImages(layout: Layout): Promise<boolean> {
  const body = await readApi(layout, `/api/v1/nodes/${layout.nodeName}`);
  if (body === undefined) return false;
  const { spec }: { spec: { taints?: readonly { key: string }[] } } = JSON.parse(body);
  return spec.taints?.some(({ key }) => key === LOADING_TAINT) !== true;
}

/**
 * The add-ons' pods that are not ready yet, or undefined where the API server does not say.
 *
 * @param names Values of the label `app.kubernetes.io/name`.
 * @returns For each one a name and what is known of why.
 */
export async function unreadyAddons(
  layout: Layout,
  names: readonly string[],
): Promise<readonly string[] | undefined> {
  const selector = encodeURIComponent(`app.kubernetes.io/part-of=tradestack-sandbox`);
  const body = await readApi(layout, `/api/v1/pods?labelSelector=${selector}`);
  if (body === undefined) return undefined;
  const { items }: List<Pod & { metadata: { labels: Record<string, string> } }> = JSON.parse(body);
  return names.flatMap((name) => {
    const pods = items.filter((pod) => pod.metadata.labels["app.kubernetes.io/name"] === name);
    return pods.some((pod) => isPodReady(layout, pod))
      ? []
      : [`${name} (${pods.map(whyUnready).join(", ") || "no pod"})`];
  });
}

function isPodReady(layout: Layout, pod: Pod): boolean {
  const statuses = pod.status.containerStatuses ?? [];
  return (
    pod.metadata.deletionTimestamp === undefined &&
    holds(pod.status.conditions, "Ready") !== undefined &&
    statuses.every(({ state }) => isSinceStart(layout, state.running?.startedAt))
  );
}

function whyUnready(pod: Pod): string {
  const waiting = pod.status.containerStatuses?.map(({ state }) => state.waiting).find(Boolean);
  return waiting === undefined ? "not ready" : `${waiting.reason ?? "waiting"}: ${waiting.message ?? ""}`;
}

/** The API writes whole seconds, so the second in which the node was started counts. */
function isSinceStart(layout: Layout, time: string | undefined): boolean {
  return time !== undefined && Date.parse(time) >= Math.floor(statSync(layout.pid).mtimeMs / 1000) * 1000;
}
