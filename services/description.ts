/**
 * The one typed description of a service, from which everything else is derived: image, Deployment, Service,
 * HPA, PDB, NetworkPolicies, credentials, queues, routes. Pure data: it imports neither Pulumi nor Fastify, so
 * that both the program that deploys a service and the service itself can read it.
 *
 * Edges are references to other descriptions, never strings: a call to a service that does not exist does not
 * compile.
 */

import type { EventContract } from "./contracts/event.ts";

/** How a service scales; the HPA owns the replica count between `min` and `max`. */
export interface Scale {
  /**
   * Fewest replicas, at least 1. A disruption budget needs 2 to be of use.
   *
   * @example 2
   */
  readonly min: number;
  /**
   * Most replicas, at least `min`.
   *
   * @example 12
   */
  readonly max: number;
  /**
   * Target of the CPU use in per cent of the CPU request, 1 to 100.
   *
   * @example 70
   */
  readonly cpuPercent: number;
  /**
   * Requests under way in one replica at the same time, on average, that autoscaling aims at besides the CPU: what waits
   * for others uses none. Measured where Prometheus can be asked.
   *
   * @default none: only the CPU counts
   * @example 20
   */
  readonly requestsInFlight?: number;
}

/** A quantity as Kubernetes writes it, such as `250m` (CPU) or `128Mi` (memory). */
export interface ResourceRange {
  /**
   * What is set aside for it.
   *
   * @example "250m"
   */
  readonly request: string;
  /**
   * What it may use at the most, at least the request.
   *
   * @example "1"
   */
  readonly limit: string;
}

/** What one replica asks for and may use at the most. */
export interface Resources {
  /** CPUs; above its limit it is slowed down. */
  readonly cpu: ResourceRange;
  /** Memory; above its limit it is ended. */
  readonly memory: ResourceRange;
}

/** What the users of a service are promised, over 30 days. */
export interface Objectives {
  /** Share of requests that are answered without a server error, in per cent, above 0 and below 100. */
  readonly availability: number;
  /** 99 of 100 requests are answered within this time, such as `250ms` or `1s`. */
  readonly p99: `${number}ms` | `${number}s`;
}

/**
 * A time of the objectives in seconds.
 *
 * @example seconds("250ms") // 0.25
 */
export const seconds = (time: Objectives["p99"]): number =>
  time.endsWith("ms") ? Number(time.slice(0, -2)) / 1000 : Number(time.slice(0, -1));

/** What `defineService` takes. */
export interface ServiceOptions {
  /** DNS label, also the name of its folder under `services/` and of its Kubernetes objects. */
  readonly name: string;
  /** One sentence for people: what the service is for. */
  readonly summary: string;
  /** Services it calls over HTTP; each gets a `NAME_URL` variable and a NetworkPolicy in both directions. */
  readonly calls?: readonly ServiceDescription[];
  /** Events it publishes through its outbox. Needs `database`. */
  readonly publishes?: readonly EventContract[];
  /** Events it consumes from its own queue. Needs `database`, where the inbox removes duplicates. */
  readonly consumes?: readonly EventContract[];
  /**
   * Variables that a production stack has to set, because what holds without them is for development, such as
   * `PAYMENT_PROVIDER`. Default: none.
   */
  readonly productionSettings?: readonly string[];
  /** Its own database, owned by it alone. */
  readonly database?: "postgres";
  /** A cache or session store shared with nobody. */
  readonly cache?: "redis";
  /** Path prefixes under `/api` that the gateway forwards to it, such as `/orders`. Default: none. */
  readonly routes?: readonly `/${string}`[];
  /** The public Ingress leads to it whatever is under this path, such as `/api`; the longest one wins. Default: none. */
  readonly public?: `/${string}` | undefined;
  /**
   * Secrets that it alone is given, each in a file that the variable `NAME_FILE` tells, such as `KEY_ENCRYPTION_KEY`:
   * 43 random characters, the same for as long as the environment lives. Default: none.
   */
  readonly secrets?: readonly string[];
  /** Whether its `migrate` can fill its database with demo data, as it does in dev environments. Default: false. */
  readonly demoData?: boolean;
  readonly scale: Scale;
  readonly resources: Resources;
  readonly objectives: Objectives;
}

/** A checked description with every default filled in. Made only by {@link defineService}. */
export interface ServiceDescription extends Required<Omit<ServiceOptions, "database" | "cache" | "public">> {
  readonly public: `/${string}` | undefined;
  readonly database: "postgres" | undefined;
  readonly cache: "redis" | undefined;
}

/** Port of the API, the same in every service; its Service answers on 80. */
export const API_PORT = 8080;
/** Port of health checks and metrics, which no Service and no Ingress exposes. */
export const ADMIN_PORT = 9090;

/** A description that contradicts itself. The message names the service, the field, the value and the remedy. */
export class ServiceDescriptionError extends Error {
  override readonly name = "ServiceDescriptionError";
}

const DNS_LABEL = /^[a-z]([-a-z0-9]{0,30}[a-z0-9])?$/;
const VARIABLE = /^[A-Z][A-Z0-9]*(_[A-Z0-9]+)*$/;

/**
 * Checks a service's description and fills in its defaults.
 *
 * @param options What the service is; see {@link ServiceOptions} for each field.
 * @returns The description that images, manifests, routes and queues are derived from.
 * @throws {ServiceDescriptionError} when a field contradicts itself or another one.
 * @example
 * export const order = defineService({
 *   name: "order",
 *   summary: "Takes orders and sees each one paid exactly once",
 *   calls: [catalog, payment],
 *   publishes: [orderPaid],
 *   database: "postgres",
 *   scale: { min: 2, max: 12, cpuPercent: 70 },
 *   resources: { cpu: { request: "100m", limit: "1" }, memory: { request: "128Mi", limit: "256Mi" } },
 *   objectives: { availability: 99.9, p99: "250ms" },
 * });
 */
export function defineService(options: ServiceOptions): ServiceDescription {
  const service: ServiceDescription = {
    ...options,
    calls: options.calls ?? [],
    publishes: options.publishes ?? [],
    consumes: options.consumes ?? [],
    routes: options.routes ?? [],
    public: options.public,
    secrets: options.secrets ?? [],
    productionSettings: options.productionSettings ?? [],
    demoData: options.demoData ?? false,
    database: options.database,
    cache: options.cache,
  };
  const refuse = (field: string, problem: string): never => {
    throw new ServiceDescriptionError(`service "${service.name}", ${field}: ${problem}`);
  };
  if (!DNS_LABEL.test(service.name)) {
    refuse("name", "must be 1 to 32 lower-case letters, digits or dashes, beginning with a letter");
  }
  for (const secret of service.secrets) {
    if (!VARIABLE.test(secret)) refuse("secrets", `"${secret}" must be written like KEY_ENCRYPTION_KEY`);
  }
  const { min, max, cpuPercent, requestsInFlight } = service.scale;
  if (!Number.isInteger(min) || min < 1) refuse("scale.min", `${min} is not a whole number of at least 1`);
  if (!Number.isInteger(max) || max < min) {
    refuse("scale.max", `${max} is below scale.min (${min}); raise max or lower min`);
  }
  if (!(cpuPercent > 0 && cpuPercent <= 100)) {
    refuse("scale.cpuPercent", `${cpuPercent} is not between 1 and 100`);
  }
  if (requestsInFlight !== undefined && !(requestsInFlight > 0)) {
    refuse(
      "scale.requestsInFlight",
      `${requestsInFlight} is not above 0; leave it out to scale by the CPU alone`,
    );
  }
  const { availability } = service.objectives;
  if (!(availability > 0 && availability < 100)) {
    refuse(
      "objectives.availability",
      `${availability} must be above 0 and below 100: no service never fails`,
    );
  }
  if (service.database === undefined && service.publishes.length + service.consumes.length > 0) {
    refuse("database", 'is missing; the outbox and inbox of its events need `database: "postgres"`');
  }
  return Object.freeze(service);
}
