import type { Resources } from "../services/description.ts";
import type { ClusterTarget, Environment } from "./cluster.ts";
import { SettingsError } from "./error.ts";
import type { Section } from "./section.ts";
import { readResources } from "./services.ts";

/** A store of traces comes with the stack. */
export interface BuiltinTracing {
  readonly kind: "builtin";
  /** Share of the traces that are recorded, from 0 to 1; besides, one a second of each replica at the public door. */
  readonly ratio: number;
  /** How long spans are kept. */
  readonly retention: string;
  /** Size of its volume. */
  readonly storage: string;
  /** What it requests and may use. */
  readonly resources: Resources;
}

/** Spans are sent to a receiver that somebody else runs. */
export interface OtlpTracing {
  readonly kind: "otlp";
  readonly ratio: number;
  /** URL of the receiver, which takes OTLP by HTTP below `/v1/traces`. */
  readonly endpoint: string;
}

/** Nothing is recorded; ids of traces are passed on and logged all the same. */
export interface NoTracing {
  readonly kind: "none";
}

export type TracingSettings = BuiltinTracing | OtlpTracing | NoTracing;

const KINDS = ["builtin", "otlp", "none"] as const;
/** Recording costs something for each span; of a busy shop one trace in twenty tells enough. */
const RATIO = 0.05;
/** A time as Jaeger's store takes it. */
const RETENTION = /^[1-9]\d*h$/;

/**
 * Reads where traces go.
 *
 * @param section The stack's `tracing`.
 * @param cluster Where the stack runs: the sandbox gets a store unless it says otherwise; in other clusters nothing is
 * made unasked.
 * @throws {SettingsError} for a key or value that cannot be used.
 */
export function readTracing(
  section: Section,
  cluster: ClusterTarget,
  environment: Environment,
): TracingSettings {
  const kind = section.oneOf("kind", KINDS) ?? (cluster.kind === "sandbox" ? "builtin" : "none");
  const settings = readKind(kind, section, environment);
  section.refuseUnknownKeys();
  return settings;
}

function readKind(kind: (typeof KINDS)[number], section: Section, environment: Environment): TracingSettings {
  if (kind === "none") return { kind };
  const ratio = section.number("ratio", 0, 1) ?? RATIO;
  if (kind === "otlp") return { kind, ratio, endpoint: readEndpoint(section) };
  const retention = section.text("retention") ?? "72h";
  if (!RETENTION.test(retention)) section.refuse("retention", 'is not a time; write it in hours, like "72h"');
  return {
    kind,
    ratio,
    retention,
    storage: section.quantity("storage") ?? (environment === "dev" ? "2Gi" : "20Gi"),
    resources: readResources(section.section("resources"), {
      cpu: { request: "20m", limit: "1" },
      memory:
        environment === "dev" ? { request: "128Mi", limit: "512Mi" } : { request: "256Mi", limit: "1Gi" },
    }),
  };
}

function readEndpoint(section: Section): string {
  const endpoint = section.text("endpoint");
  if (endpoint === undefined) {
    throw new SettingsError(
      `${section.name("endpoint")} is missing; name the receiver, such as http://collector.observability.svc:4318`,
    );
  }
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.username !== "" || url.search !== "") {
    section.refuse(
      "endpoint",
      "is not the URL of an OTLP receiver; write it like http://collector.observability.svc:4318",
    );
  }
  return endpoint;
}
