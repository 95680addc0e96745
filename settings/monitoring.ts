import type { Resources } from "../services/description.ts";
import type { ClusterTarget, Environment } from "./cluster.ts";
import { SettingsError } from "./error.ts";
import type { Section } from "./section.ts";
import { readResources } from "./services.ts";

/** Prometheus, Alertmanager and exporters come with the stack. */
export interface BuiltinMonitoring {
  readonly kind: "builtin";
  /** How long series are kept. */
  readonly retention: string;
  /** Size of Prometheus' volume. */
  readonly storage: string;
  /** What Prometheus requests and may use. */
  readonly resources: Resources;
  /** Where alerts are sent; undefined: they are seen on Alertmanager's page alone. */
  readonly alertWebhook: string | undefined;
  /** Where a sign of life is sent. */
  readonly heartbeat: string | undefined;
  /** Whether kubelets' certificates are checked. */
  readonly verifyKubelets: boolean;
  /** Undefined: no Grafana. */
  readonly grafana: { readonly host: string | undefined; readonly tlsSecret: string | undefined } | undefined;
  /** Whether the viewer of this repository draws the dashboards. */
  readonly viewer: boolean;
}

/** The cluster has the Prometheus operator, which is told what to measure and when to raise an alarm. */
export interface OperatorMonitoring {
  readonly kind: "operator";
  /** Labels by which the operator's Prometheus knows the objects that are meant for it. */
  readonly labels: Readonly<Record<string, string>>;
}

/** Nothing is measured: whoever may read metrics finds them by himself. */
export interface NoMonitoring {
  readonly kind: "none";
}

export type MonitoringSettings = BuiltinMonitoring | OperatorMonitoring | NoMonitoring;

const KINDS = ["builtin", "operator", "none"] as const;
/** A time as Prometheus' retention takes it. */
const RETENTION = /^[1-9]\d*(h|d|w|y)$/;
const LABEL = /^[A-Za-z0-9]([-_.A-Za-z0-9]{0,61}[A-Za-z0-9])?$/;

/**
 * Reads who watches the environment.
 *
 * @param section The stack's `monitoring`.
 * @param cluster Where the stack runs: the sandbox is watched unless it says otherwise; in other clusters something may
 * be there already, and nothing is made unasked.
 * @throws {SettingsError} for a key or value that cannot be used.
 */
export function readMonitoring(
  section: Section,
  cluster: ClusterTarget,
  environment: Environment,
): MonitoringSettings {
  const sandbox = cluster.kind === "sandbox";
  const kind = section.oneOf("kind", KINDS) ?? (sandbox ? "builtin" : "none");
  if (kind === "builtin") return readBuiltin(section, sandbox, environment);
  const labels = readLabels(section.section("labels"));
  section.refuseUnknownKeys();
  if (kind === "operator") return { kind, labels };
  if (Object.keys(labels).length === 0) return { kind };
  throw new SettingsError(
    `${section.name("labels")}: are for the operator; write kind: operator, or remove them`,
  );
}

function readBuiltin(section: Section, sandbox: boolean, environment: Environment): BuiltinMonitoring {
  const dev = environment === "dev";
  const retention = section.text("retention") ?? (dev ? "3d" : "15d");
  if (!RETENTION.test(retention))
    section.refuse("retention", 'is not a time; write it like "12h", "15d" or "4w"');
  const resources = readResources(section.section("resources"), {
    cpu: { request: "50m", limit: "1" },
    memory: dev ? { request: "192Mi", limit: "512Mi" } : { request: "512Mi", limit: "2Gi" },
  });
  const settings = {
    kind: "builtin" as const,
    retention,
    storage: section.quantity("storage") ?? (dev ? "2Gi" : "20Gi"),
    resources,
    alertWebhook: readUrl(section, "alertWebhook"),
    heartbeat: readUrl(section, "heartbeat"),
    verifyKubelets: section.flag("verifyKubelets") ?? true,
    grafana: readGrafana(section, sandbox),
    // The sandbox has no image of Grafana.
    viewer: section.flag("viewer") ?? sandbox,
  };
  section.refuseUnknownKeys();
  return settings;
}

function readGrafana(section: Section, sandbox: boolean): BuiltinMonitoring["grafana"] {
  const own = section.section("grafana");
  const enabled = own.flag("enabled") ?? !sandbox;
  const settings = { host: own.dnsName("host"), tlsSecret: own.dnsName("tlsSecret") };
  own.refuseUnknownKeys();
  if (enabled && sandbox) own.refuse("enabled", "cannot be: the sandbox has no image of Grafana; remove it");
  if (settings.tlsSecret !== undefined && settings.host === undefined) {
    throw new SettingsError(
      `${own.name("host")} is missing; a certificate (tlsSecret) is for a host: name it`,
    );
  }
  return enabled ? settings : undefined;
}

/** The value may hold a secret, and stays out of messages. */
function readUrl(section: Section, key: string): string | undefined {
  const text = section.text(key);
  if (text === undefined || (URL.canParse(text) && /^https?:/.test(text))) return text;
  throw new SettingsError(`${section.name(key)} is not an address; write it like https://example.com/alerts`);
}

function readLabels(section: Section): Record<string, string> {
  return Object.fromEntries(
    section.keys().map((name) => {
      const value = section.scalar(name);
      if (!LABEL.test(value))
        section.refuse(name, "is not the value of a label; use letters, digits, dashes and dots");
      return [name, value];
    }),
  );
}
