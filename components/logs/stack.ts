import * as pulumi from "@pulumi/pulumi";
import { type ChildOptions, childOptions } from "../child-transforms.ts";
import { EnvironmentNamespace } from "../namespace/namespace.ts";
import { HOST_PATH_REASON, makeAgent } from "./agent.ts";
import type { LogStackArgs } from "./args.ts";
import { makeLoki } from "./loki.ts";

/** Options of a {@link LogStack} in TypeScript programs. */
export type LogStackOptions = ChildOptions<
  "configMap" | "daemonSet" | "networkPolicy" | "service" | "serviceAccount" | "statefulSet"
>;

/**
 * Keeps the logs of all pods of some namespaces, searchable: an agent on each node, and Loki, in a namespace of their
 * own. Nobody gets in but through `kubectl port-forward`, and Grafana where its namespace is named.
 *
 * @example
 * new LogStack("logs", {
 *   environment: "staging",
 *   images: { loki: "docker.io/grafana/loki:3.7.8", agent: "docker.io/balabit/syslog-ng:4.10.2" },
 *   namespaces: ["shop"],
 *   retention: "14d",
 * });
 */
export class LogStack extends pulumi.ComponentResource {
  /** Its namespace. */
  readonly namespace: pulumi.Output<string>;

  constructor(name: string, args: LogStackArgs, options?: LogStackOptions) {
    super("tradestack:index:LogStack", name, args, childOptions(options));
    const { environment, dnsAddresses = [] } = args;
    const { name: namespace } = new EnvironmentNamespace(
      name,
      { environment, dnsAddresses },
      {
        parent: this,
        transform: {
          // A folder of the node is what no restricted pod may have, and the agents' whole work.
          namespace: (built) => ({
            ...built,
            metadata: pulumi.output(built.metadata ?? {}).apply((metadata = {}) => ({
              ...metadata,
              labels: { ...metadata.labels, "pod-security.kubernetes.io/enforce": "privileged" },
              annotations: { "policy.tradestack.dev/restricted-pods": HOST_PATH_REASON },
            })),
          }),
        },
      },
    );
    this.namespace = namespace;
    makeLoki(this, namespace, args);
    makeAgent(this, namespace, args);
    this.registerOutputs({ namespace });
  }
}
