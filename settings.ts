/** A stack's settings: what `Pulumi.<stack>.yaml` says, checked before anything is made. */

import { services } from "./services/index.ts";
import { type AutoscalingSettings, readAutoscaling } from "./settings/autoscaling.ts";
import { type BackupSettings, readBackups } from "./settings/backups.ts";
import { type BrokerSettings, readBroker } from "./settings/broker.ts";
import {
  type ClusterTarget,
  ENVIRONMENTS,
  type Environment,
  guardProduction,
  readCluster,
} from "./settings/cluster.ts";
import { SettingsError } from "./settings/error.ts";
import { type LogSettings, readLogs } from "./settings/logs.ts";
import { type MeshSettings, readMesh } from "./settings/mesh.ts";
import { type MonitoringSettings, readMonitoring } from "./settings/monitoring.ts";
import { type PostgresSettings, readPostgres } from "./settings/postgres.ts";
import { type RedisSettings, readRedis } from "./settings/redis.ts";
import { Section, suggestion } from "./settings/section.ts";
import { readServices, type ServiceSettings } from "./settings/services.ts";
import { readTracing, type TracingSettings } from "./settings/tracing.ts";

export { SettingsError } from "./settings/error.ts";

/** The stacks that the project brings; more can be added as `Pulumi.<stack>.yaml`. */
const STACKS = ["dev", "staging", "prod", "vm", "edge"];
/** The keys of `Pulumi.<stack>.yaml`, without their prefix; docs/settings.md tells what each one means. */
const KEYS = [
  "environment",
  "namespace",
  "cluster",
  "registry",
  "imageMirror",
  "resolveDigests",
  "services",
  "autoscaling",
  "postgres",
  "backups",
  "redis",
  "broker",
  "storageClass",
  "ingress",
  "monitoring",
  "monitoringNamespace",
  "tracing",
  "logs",
  "mesh",
  "masterKey",
];
/** Bytes that a master key must hold at least. */
const MASTER_KEY_BYTES = 32;

/** Everything that differs between environments, complete and free of contradictions. */
export interface Settings {
  readonly stack: string;
  readonly environment: Environment;
  /** The one namespace that the environment lives in; default: `tradestack-<environment>`. */
  readonly namespace: string;
  readonly cluster: ClusterTarget;
  /** Where images of services are pushed, such as `registry.example.com/tradestack`. */
  readonly registry: string | undefined;
  /** Where images that others make are had from instead of their own registries; undefined: from these. */
  readonly imageMirror: string | undefined;
  /** Whether third-party images are pinned to the digest that their registry answers. */
  readonly resolveDigests: boolean;
  readonly services: Readonly<Record<string, ServiceSettings>>;
  /** Who decides how many replicas they run. */
  readonly autoscaling: AutoscalingSettings;
  readonly postgres: PostgresSettings;
  /** How the databases are saved; undefined: not at all. */
  readonly backups: BackupSettings | undefined;
  readonly redis: RedisSettings;
  readonly broker: BrokerSettings;
  /** Class of the volumes; undefined: the cluster's default. */
  readonly storageClass: string | undefined;
  readonly ingress: IngressSettings;
  /** Who watches the environment. */
  readonly monitoring: MonitoringSettings;
  /** Namespace of the Prometheus that may read the services' metrics. */
  readonly monitoringNamespace: string;
  /** Where services send what they record of traces. */
  readonly tracing: TracingSettings;
  /** Who keeps the logs. */
  readonly logs: LogSettings;
  /** Undefined where services speak to each other without a mesh. */
  readonly mesh: MeshSettings | undefined;
  /** What every password is derived from, in base64; undefined where the stack's config has none. */
  readonly masterKey: string | undefined;
}

/** How the platform is reached from outside. */
export interface IngressSettings {
  readonly className: string;
  /** Namespace of the ingress controller's pods. */
  readonly namespace: string;
  /** Undefined: every host that reaches the controller. */
  readonly host: string | undefined;
  /** Name of the TLS Secret; undefined: plain HTTP. */
  readonly tlsSecret: string | undefined;
  /** Certificate that AWS keeps, where the class makes load balancers of AWS; undefined: the Secret, or plain HTTP. */
  readonly certificateArn: string | undefined;
}

/**
 * Checks a stack's settings and fills in the defaults. Pure: the same arguments give the same settings.
 *
 * @param raw The stack's configuration without the prefix `tradestack:`, objects as objects.
 * @param stack The stack's name, such as `dev`.
 * @param variables Environment variables; default: those of this process.
 * @throws {SettingsError} naming the key, its value, the remedy and, for a mistyped key, the nearest valid one.
 * @example parseSettings({ environment: "dev", cluster: { kind: "sandbox" } }, "dev")
 */
export function parseSettings(
  raw: Readonly<Record<string, unknown>>,
  stack: string,
  variables: NodeJS.ProcessEnv = process.env,
): Settings {
  const top = new Section("tradestack:", raw);
  if (top.keys().length === 0) {
    throw new SettingsError(
      `stack "${stack}" has no settings${suggestion(stack, STACKS)}; choose one of ${STACKS.join(", ")}, or write Pulumi.${stack}.yaml`,
    );
  }
  top.allow(KEYS);
  const environment = top.oneOf("environment", ENVIRONMENTS);
  if (environment === undefined) {
    throw new SettingsError(`tradestack:environment is missing; write one of ${ENVIRONMENTS.join(", ")}`);
  }
  const cluster = readCluster(top.section("cluster"), variables);
  const postgres = readPostgres(top.section("postgres"), environment, cluster.kind);
  const monitoring = readMonitoring(top.section("monitoring"), cluster, environment);
  const monitoringNamespace = top.dnsName("monitoringNamespace") ?? "monitoring";
  const ownPrometheus =
    monitoring.kind === "builtin" ? `http://prometheus.${monitoringNamespace}:9090` : undefined;
  const settings: Settings = {
    stack,
    environment,
    namespace: top.dnsName("namespace") ?? `tradestack-${environment}`,
    cluster,
    registry: top.text("registry"),
    imageMirror: readMirror(top),
    resolveDigests: top.flag("resolveDigests") ?? environment !== "dev",
    services: readServices(top.section("services"), services, environment),
    autoscaling: readAutoscaling(top.section("autoscaling"), ownPrometheus),
    postgres,
    // Amazon saves its databases itself.
    backups: readBackups(top.section("backups"), postgres.kind === "rds" ? "none" : "volume"),
    redis: readRedis(top.section("redis"), environment),
    broker: readBroker(top.section("broker"), environment),
    storageClass: top.dnsName("storageClass"),
    ingress: readIngress(top.section("ingress")),
    monitoring,
    monitoringNamespace,
    tracing: readTracing(top.section("tracing"), cluster, environment),
    logs: readLogs(top.section("logs"), cluster, environment),
    mesh: readMesh(top.section("mesh"), cluster.kind),
    masterKey: readKey(top),
  };
  refuseReserves(settings);
  if (cluster.kind === "existing" || cluster.kind === "reference") {
    const context = cluster.kind === "existing" ? cluster.context : cluster.stack;
    guardProduction(environment, { context, others: [] }, variables);
  }
  return settings;
}

/** Kubernetes' own autoscaler knows no clock. */
function refuseReserves({ services, autoscaling }: Settings): void {
  if (autoscaling.kind === "keda") return;
  const name = Object.keys(services).find((name) => services[name]?.reserve.length);
  if (name === undefined) return;
  throw new SettingsError(
    `tradestack:services.${name}.reserve: Kubernetes' own autoscaler knows no clock; write kind: keda in tradestack:autoscaling, or raise scale.min`,
  );
}

/** A registry, with a path if need be: `registry.example.com/mirror`, `10.0.0.5:5000`. */
const MIRROR = /^[a-z0-9]([-a-z0-9.]*[a-z0-9])?(:[0-9]{1,5})?(\/[a-z0-9]+([._-]+[a-z0-9]+)*)*$/;

function readMirror(section: Section): string | undefined {
  const mirror = section.text("imageMirror");
  if (
    mirror !== undefined &&
    !(MIRROR.test(mirror) && /[.:]|^localhost\b/.test(mirror.split("/")[0] ?? ""))
  ) {
    section.refuse(
      "imageMirror",
      "is not a registry; write its host, with neither scheme nor tag, such as registry.example.com/mirror",
    );
  }
  return mirror;
}

function readIngress(section: Section): IngressSettings {
  const className = section.dnsName("className") ?? "traefik";
  const settings = {
    className,
    namespace: section.dnsName("namespace") ?? className,
    host: section.dnsName("host"),
    tlsSecret: section.dnsName("tlsSecret"),
    certificateArn: readCertificate(section),
  };
  section.refuseUnknownKeys();
  const certificate = (["tlsSecret", "certificateArn"] as const).find((key) => settings[key] !== undefined);
  if (certificate !== undefined && settings.host === undefined) {
    throw new SettingsError(
      `${section.name("host")} is missing; a certificate (${certificate}) is for a host: name it`,
    );
  }
  return settings;
}

const CERTIFICATE = /^arn:aws(-cn|-us-gov)?:acm:[-a-z0-9]+:\d{12}:certificate\/[-a-f0-9]+$/;

/** A load balancer of AWS reads no Secret, and nothing else reads what AWS keeps. */
function readCertificate(section: Section): string | undefined {
  const arn = section.text("certificateArn");
  if (arn !== undefined && !CERTIFICATE.test(arn)) {
    section.refuse(
      "certificateArn",
      "is no certificate of ACM; write it like arn:aws:acm:REGION:ACCOUNT:certificate/ID",
    );
  }
  if (arn !== undefined && section.has("tlsSecret")) {
    section.refuse("certificateArn", "and tlsSecret are two certificates; remove one");
  }
  return arn;
}

function readKey(section: Section): string | undefined {
  const key = section.text("masterKey");
  if (key === undefined) return undefined;
  const base64 = /^[A-Za-z0-9+/]+={0,2}$/.test(key);
  if (base64 && Buffer.from(key, "base64").length >= MASTER_KEY_BYTES) return key;
  // The value itself is a secret and stays out of the message.
  throw new SettingsError(
    `tradestack:masterKey is not ${MASTER_KEY_BYTES} or more bytes in base64; make one with: openssl rand -base64 ${MASTER_KEY_BYTES}`,
  );
}
