import { parseQuantity } from "../quantity.ts";

/** Port that clients connect to. */
export const AMQP_PORT = 5672;
/** Port that Prometheus reads. */
export const METRICS_PORT = 15692;
/** Port by which nodes find each other. */
export const EPMD_PORT = 4369;
/** Port by which nodes talk to each other. */
export const CLUSTER_PORT = 25672;
/** Part of the container's memory above which publishers are slowed down. */
const MEMORY_SHARE = 0.6;

/** Host name of one node, which its peers and its own data know it by. */
export function nodeHost(name: string, index: number): string {
  return `${name}-${index}.${nodesService(name)}`;
}

/** Name of the Service that gives each node a host name. */
export function nodesService(name: string): string {
  return `${name}-nodes`;
}

/**
 * The broker's settings.
 *
 * @param name Name of the broker.
 * @param replicas Its nodes.
 * @param memoryLimit What one node may use, such as `512Mi`.
 */
export function brokerConfiguration(name: string, replicas: number, memoryLimit: string): string {
  const watermark = Math.floor((parseQuantity(memoryLimit) ?? 0) * MEMORY_SHARE);
  const peers =
    replicas === 1
      ? []
      : [
          "cluster_formation.peer_discovery_backend = classic_config",
          ...Array.from(
            { length: replicas },
            (_, index) =>
              `cluster_formation.classic_config.nodes.${index + 1} = rabbit@${nodeHost(name, index)}`,
          ),
          "cluster_partition_handling = pause_minority",
        ];
  const settings = [
    `listeners.tcp.default = ${AMQP_PORT}`,
    "load_definitions = /run/secrets/rabbitmq/definitions.json",
    `vm_memory_high_watermark.absolute = ${watermark}`,
    "disk_free_limit.absolute = 100MB",
    "log.console = true",
    "log.console.level = warning",
    ...peers,
  ];
  return `${settings.join("\n")}\n`;
}

/**
 * Settings that only versions from 3.13 on know, and earlier ones pass over in this form. A queue that was declared while
 * its node was alone would stay there alone: once the others have joined, it gets a member on each, up to three.
 */
export const ADVANCED_CONFIGURATION = `[{rabbit, [
  {quorum_membership_reconciliation_enabled, true},
  {quorum_membership_reconciliation_auto_remove, false},
  {quorum_membership_reconciliation_target_group_size, 3}
]}].
`;
