/** What of the sandbox runs, and what it takes. */

import { readFileSync } from "node:fs";
import { pinnedVersion } from "./build/binaries.ts";
import { run } from "./command.ts";
import { sandboxConnection } from "./connection.ts";
import { tradestackHome } from "./home.ts";
import { isNodeReady } from "./node/api.ts";
import { processesIn } from "./node/cgroups.ts";
import { componentPids } from "./node/components.ts";
import { KUBERNETES_VERSION, type Layout, layoutOf } from "./node/layout.ts";
import { nodePid } from "./node/lifecycle.ts";
import { allNodes } from "./node/nodes.ts";

/** One program of the node. */
export interface ComponentStatus {
  /** The node that it is a program of. */
  readonly node: string;
  readonly name: string;
  /** Its process id on the machine, or undefined while it is being started again. */
  readonly pid: number | undefined;
  /** Resident memory in MiB. */
  readonly memoryMib: number;
}

/** One node of the sandbox. */
export interface NodeStatus {
  readonly name: string;
  /** Whether it takes pods. */
  readonly ready: boolean;
}

/** The state of the sandbox, as `status` shows it. */
export interface SandboxStatus {
  readonly running: boolean;
  /** Whether all of its nodes take pods. */
  readonly ready: boolean;
  readonly home: string;
  /** Version of each part, by its name. */
  readonly versions: Readonly<Record<string, string>>;
  readonly nodes: readonly NodeStatus[];
  readonly components: readonly ComponentStatus[];
  /** Memory of all its processes, pods included, in MiB; what several share is counted once. */
  readonly totalMemoryMib: number;
  readonly kubeconfig: string;
  readonly urls: { readonly api: string; readonly http: string; readonly https: string } | undefined;
}

/** Looks at the sandbox. Changes nothing, and needs no lock. */
export async function sandboxStatus(): Promise<SandboxStatus> {
  const layout = layoutOf(tradestackHome());
  const connection = sandboxConnection(layout);
  const processes = connection === undefined ? [] : processesIn(layout.cgroup);
  const nodes = connection === undefined ? [] : await Promise.all(allNodes(layout).map(nodeStatus));
  return {
    running: connection !== undefined,
    ready: connection !== undefined && nodes.every(({ ready }) => ready),
    home: layout.home,
    versions: await versions(),
    nodes,
    components: connection === undefined ? [] : allNodes(layout).flatMap(components),
    totalMemoryMib: sum(processes.map((pid) => memoryMib(pid, "smaps_rollup", "Pss"))),
    kubeconfig: layout.kubeconfig,
    urls:
      connection === undefined
        ? undefined
        : {
            api: apiUrl(layout),
            http: `http://${connection.ingress.http}`,
            https: `https://${connection.ingress.https}`,
          },
  };
}

async function versions(): Promise<Record<string, string>> {
  const containerd = await run(["containerd", "--version"]).catch(() => "");
  return {
    kubernetes: KUBERNETES_VERSION,
    etcd: pinnedVersion("kube", "go.etcd.io/etcd/api/v3"),
    coredns: pinnedVersion("kube", "github.com/coredns/coredns"),
    "metrics-server": pinnedVersion("kube", "sigs.k8s.io/metrics-server"),
    traefik: pinnedVersion("traefik", "github.com/traefik/traefik/v3"),
    containerd: containerd.split(" ")[2]?.split("~")[0] ?? "not installed",
  };
}

const nodeStatus = async (layout: Layout): Promise<NodeStatus> => ({
  name: layout.nodeName,
  ready: nodePid(layout) !== undefined && (await isNodeReady(layout)),
});

const components = (layout: Layout): ComponentStatus[] =>
  [...componentPids(layout)].map(([name, pid]) => ({
    node: layout.nodeName,
    name,
    pid,
    memoryMib: pid === undefined ? 0 : memoryMib(pid, "status", "VmRSS"),
  }));

function apiUrl(layout: Layout): string {
  const { clusters }: { clusters: { cluster: { server: string } }[] } = JSON.parse(
    readFileSync(layout.kubeconfig, "utf8"),
  );
  return clusters[0]?.cluster.server ?? "";
}

/** A figure in kB from a file of `/proc/<pid>`, in MiB; 0 when the process has ended. */
function memoryMib(pid: number, file: string, field: string): number {
  const kilobytes = new RegExp(`^${field}:\\s*(\\d+) kB`, "m").exec(read(pid, file))?.[1] ?? "0";
  return Math.round(Number(kilobytes) / 1024);
}

function read(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "utf8");
  } catch {
    return "";
  }
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
