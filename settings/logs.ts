import type { Resources } from "../services/description.ts";
import type { ClusterTarget, Environment } from "./cluster.ts";
import { SettingsError } from "./error.ts";
import type { Section } from "./section.ts";
import { readResources } from "./services.ts";

/** Agents and Loki come with the stack. */
export interface BuiltinLogs {
  readonly kind: "builtin";
  /** Namespace that they are in. */
  readonly namespace: string;
  /** How long lines are kept. */
  readonly retention: string;
  /** Size of Loki's volume. */
  readonly storage: string;
  /** What Loki requests and may use. */
  readonly resources: Resources;
}

/** Logs stay on the nodes, for as long as the kubelet keeps them, unless the cluster has something that collects them. */
export interface NoLogs {
  readonly kind: "none";
}

export type LogSettings = BuiltinLogs | NoLogs;

const KINDS = ["builtin", "none"] as const;
/** Loki throws away whole days. */
const RETENTION = /^[1-9]\d*[dwy]$/;

/**
 * Reads who keeps the logs.
 *
 * @param section The stack's `logs`.
 * @param cluster Where the stack runs. In clusters of others something may collect them already, and nothing is made
 * unasked.
 * @throws {SettingsError} for a key or value that cannot be used.
 */
export function readLogs(section: Section, cluster: ClusterTarget, environment: Environment): LogSettings {
  const kind = section.oneOf("kind", KINDS) ?? "none";
  if (kind === "none") {
    const [key] = section.keys().filter((name) => name !== "kind");
    if (key === undefined) return { kind };
    throw new SettingsError(
      `${section.name(key)}: is for logs that are kept; write kind: builtin, or remove it`,
    );
  }
  if (cluster.kind === "sandbox") {
    section.refuse(
      "kind",
      "cannot be: the sandbox has no image of Loki; remove it: npm run logs works without",
    );
  }
  const production = environment === "prod";
  const retention = section.text("retention") ?? (production ? "30d" : "7d");
  if (!RETENTION.test(retention)) {
    section.refuse("retention", 'is not a number of days, weeks or years; write it like "7d" or "4w"');
  }
  const settings = {
    kind,
    namespace: section.dnsName("namespace") ?? "logs",
    retention,
    storage: section.quantity("storage") ?? (production ? "50Gi" : "10Gi"),
    resources: readResources(section.section("resources"), {
      cpu: { request: "50m", limit: "1" },
      memory: production ? { request: "256Mi", limit: "1Gi" } : { request: "128Mi", limit: "512Mi" },
    }),
  };
  section.refuseUnknownKeys();
  return settings;
}
