/** Has the environment's logs kept, as its settings ask for. */

import type * as pulumi from "@pulumi/pulumi";
import type { ImageSource } from "./components/image/source.ts";
import type { OutsideArgs } from "./components/platform/platform.ts";
import type { Settings } from "./settings.ts";

/** Whose logs are kept, and what that is made from. */
export interface LogsArgs {
  readonly settings: Settings;
  readonly images: ImageSource;
  /** What of the cluster is no pod. */
  readonly outside?: OutsideArgs;
}

/** Makes what keeps the logs. */
export type MakeLogs = (args: LogsArgs, options: pulumi.CustomResourceOptions) => void;

/** Loads what keeps the logs; nothing where the stack asks for nothing. */
export async function loadLogs({ logs, monitoring, monitoringNamespace }: Settings): Promise<MakeLogs> {
  if (logs.kind === "none") return () => {};
  const { LogStack } = await import("./components/logs/stack.ts");
  const isWatched = monitoring.kind === "builtin";
  return ({ settings, images, outside }, options) => {
    const { kind: _kind, namespace, ...same } = logs;
    new LogStack(
      namespace,
      {
        environment: settings.environment,
        images: { loki: images.thirdParty("loki"), agent: images.thirdParty("syslog-ng") },
        namespaces: [settings.namespace, ...(isWatched ? [monitoringNamespace] : [])],
        ...same,
        ...(settings.storageClass === undefined ? {} : { storageClass: settings.storageClass }),
        ...(isWatched && monitoring.grafana !== undefined ? { grafanaNamespace: monitoringNamespace } : {}),
        dnsAddresses: outside?.dnsAddresses ?? [],
      },
      options,
    );
  };
}
