import type * as pulumi from "@pulumi/pulumi";
import { checksum } from "../checksum.ts";
import { ConfigMap, DaemonSet } from "../kubernetes.ts";
import { CONFIG_CHECKSUM, labels, selectorLabels } from "../labels.ts";
import { NOBODY } from "../monitoring/pod.ts";
import { makePolicy } from "../monitoring/reach.ts";
import { allowDns, allowTo, pods } from "../network-policy/rules.ts";
import { restrictedContainer, restrictedPod } from "../security.ts";
import { containerResources, tokenlessAccount } from "../stateful.ts";
import { agentArguments, agentConfiguration, CONTROL, POD_LOGS, STATE } from "./agent-configuration.ts";
import type { LogStackArgs } from "./args.ts";
import { AGENT, LOKI, LOKI_PORT } from "./names.ts";

const COMPONENT = "logs";
const CONFIGURATION = "/etc/tradestack";

/** Why a policy of ours is not kept here. */
export const HOST_PATH_REASON =
  "logs of containers are files of the node, which its agent reads and cannot write; whoever has no such right could read none";

/**
 * Makes the agents, one on each node. What they may is what their work takes: to read one folder of the node, by a user
 * that is not root and the group that the container runtime gives the files to. They ask no API: a file's path tells
 * whose it is.
 */
export function makeAgent(
  parent: pulumi.ComponentResource,
  namespace: pulumi.Input<string>,
  args: LogStackArgs,
): void {
  const child = { parent };
  const metadata = { name: AGENT, namespace, labels: labels(AGENT, COMPONENT) };
  const account = tokenlessAccount(parent, AGENT, COMPONENT, namespace);
  makePolicy(parent, metadata, { egress: [allowDns, ...allowTo([pods(LOKI)], [LOKI_PORT])] });
  const url = `http://${LOKI}:${LOKI_PORT}/loki/api/v1/push`;
  const data = { "syslog-ng.conf": agentConfiguration({ namespaces: args.namespaces, url }) };
  const configuration = new ConfigMap(`${AGENT}-config`, { metadata, data }, child);
  const answers = {
    exec: { command: ["syslog-ng-ctl", "stats", `--control=${CONTROL}`] },
    timeoutSeconds: 5,
  };
  new DaemonSet(
    `${AGENT}-agents`,
    {
      metadata: { ...metadata, annotations: { "policy.tradestack.dev/restricted-pods": HOST_PATH_REASON } },
      spec: {
        selector: { matchLabels: selectorLabels(AGENT) },
        updateStrategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: "20%" } },
        template: {
          metadata: {
            labels: labels(AGENT, COMPONENT),
            annotations: { [CONFIG_CHECKSUM]: checksum(data) },
          },
          spec: {
            serviceAccountName: AGENT,
            automountServiceAccountToken: false,
            enableServiceLinks: false,
            // The files are root's and its group's, who may read them.
            securityContext: { ...restrictedPod(NOBODY), runAsGroup: 0 },
            // On nodes that take no other pods, too: they have logs like all others.
            tolerations: [{ operator: "Exists", effect: "NoSchedule" }],
            terminationGracePeriodSeconds: 10,
            containers: [
              {
                name: AGENT,
                image: args.images.agent,
                imagePullPolicy: "IfNotPresent",
                command: ["syslog-ng"],
                args: agentArguments(`${CONFIGURATION}/syslog-ng.conf`),
                resources: containerResources({
                  cpu: { request: "10m", limit: "200m" },
                  memory: { request: "48Mi", limit: "192Mi" },
                }),
                securityContext: restrictedContainer,
                startupProbe: { ...answers, periodSeconds: 2, failureThreshold: 30 },
                readinessProbe: { ...answers, periodSeconds: 30 },
                livenessProbe: { ...answers, periodSeconds: 60, failureThreshold: 4 },
                volumeMounts: [
                  { name: "logs", mountPath: POD_LOGS, readOnly: true },
                  { name: "configuration", mountPath: CONFIGURATION, readOnly: true },
                  { name: "state", mountPath: STATE },
                ],
              },
            ],
            volumes: [
              { name: "logs", hostPath: { path: args.podLogs ?? POD_LOGS, type: "Directory" } },
              { name: "configuration", configMap: { name: configuration.metadata.name } },
              // A new pod reads once more what is there; Loki keeps a line once.
              { name: "state", emptyDir: { sizeLimit: "64Mi" } },
            ],
          },
        },
      },
    },
    { ...child, dependsOn: [account] },
  );
}
