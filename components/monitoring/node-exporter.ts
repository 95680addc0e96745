import type * as pulumi from "@pulumi/pulumi";
import { DaemonSet } from "../kubernetes.ts";
import { labels, selectorLabels } from "../labels.ts";
import { allowFrom, pods } from "../network-policy/rules.ts";
import { tokenlessAccount } from "../stateful.ts";
import type { MonitoringStackArgs } from "./args.ts";
import { podTemplate } from "./pod.ts";
import { makePolicy } from "./reach.ts";

const NAME = "node-exporter";
const COMPONENT = "monitoring";
/** Port of node-exporter. */
export const NODE_EXPORTER_PORT = 9100;

/**
 * What is measured of a node. All of it can be read in an ordinary, restricted pod: CPUs, memory, pressure and disks
 * are the kernel's, and the file systems are those that the kubelet's own files and the container's layers are on. Not
 * so the network, which is the pod's: containers' traffic is measured by the kubelet.
 */
const COLLECTORS = ["cpu", "diskstats", "filesystem", "loadavg", "meminfo", "pressure", "stat", "vmstat"];
/** The container's own `/`, and files that the kubelet brings in. */
const OTHER_MOUNTS = "^/(dev|proc|run|sys|tmp|var)($|/)";
const OTHER_FILE_SYSTEMS = "^(cgroup2?|devpts|mqueue|proc|sysfs|tmpfs)$";

/** Makes node-exporter, on every node, with neither the node's namespaces nor its files. */
export function makeNodeExporter(
  parent: pulumi.ComponentResource,
  namespace: pulumi.Input<string>,
  args: MonitoringStackArgs,
): void {
  const child = { parent };
  const metadata = { name: NAME, namespace, labels: labels(NAME, COMPONENT) };
  const account = tokenlessAccount(parent, NAME, COMPONENT, namespace);
  makePolicy(parent, metadata, {
    ingress: allowFrom([pods("prometheus")], [NODE_EXPORTER_PORT]),
  });
  const template = podTemplate({
    name: NAME,
    component: COMPONENT,
    image: args.images.nodeExporter,
    args: [
      "--collector.disable-defaults",
      ...COLLECTORS.map((collector) => `--collector.${collector}`),
      `--collector.filesystem.mount-points-exclude=${OTHER_MOUNTS}`,
      `--collector.filesystem.fs-types-exclude=${OTHER_FILE_SYSTEMS}`,
    ],
    port: NODE_EXPORTER_PORT,
    ready: "/",
    alive: "/",
    resources: { cpu: { request: "10m", limit: "100m" }, memory: { request: "24Mi", limit: "64Mi" } },
  });
  new DaemonSet(
    `${NAME}-agents`,
    {
      metadata,
      spec: {
        selector: { matchLabels: selectorLabels(NAME) },
        updateStrategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: "20%" } },
        template: {
          ...template,
          // On nodes that take no other pods, too: they fill up like all others.
          spec: { ...template.spec, tolerations: [{ operator: "Exists", effect: "NoSchedule" }] },
        },
      },
    },
    { ...child, dependsOn: [account] },
  );
}
