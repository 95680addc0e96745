import { type ReserveArgs, reserveProblem } from "../components/microservice/reserve.ts";
import { parseQuantity } from "../components/quantity.ts";
import type { ResourceRange, Resources, Scale, ServiceDescription } from "../services/description.ts";
import type { Environment } from "./cluster.ts";
import { SettingsError } from "./error.ts";
import { type Section, suggestion } from "./section.ts";

/** Most replicas that one service may be given. */
const MOST_REPLICAS = 1000;
/** Most requests that one replica may be meant to work on at the same time. */
const MOST_REQUESTS = 10_000;

/** How a service runs in this environment. */
export interface ServiceSettings {
  readonly scale: Scale;
  /** Replicas that are kept ready at certain hours. */
  readonly reserve: readonly ReserveArgs[];
  readonly resources: Resources;
  /** An image made elsewhere that runs instead of one built here. */
  readonly image: string | undefined;
  /** Settings of the service's own, by variable. */
  readonly environment: Readonly<Record<string, string>>;
  /** Secrets that somebody else puts into the namespace, by the variable that they are for. */
  readonly secretFiles: Readonly<Record<string, { readonly secret: string; readonly key: string }>>;
  /** TCP ports that it may reach outside the cluster. */
  readonly internetPorts: readonly number[];
}

/**
 * Reads what a stack says about single services, over what their descriptions say.
 *
 * @param section The stack's `services`.
 * @param services Every service of the platform.
 * @param environment What the stack is for: production has to set what only development can do without.
 * @returns Settings by service name, one for every service.
 * @throws {SettingsError} for an unknown service or key, or values that contradict each other.
 */
export function readServices(
  section: Section,
  services: readonly ServiceDescription[],
  environment: Environment,
): Readonly<Record<string, ServiceSettings>> {
  const names = services.map((service) => service.name);
  for (const name of section.keys()) {
    if (names.includes(name)) continue;
    throw new SettingsError(
      `${section.name(name)}: there is no such service${suggestion(name, names)}; there are ${names.join(", ")}`,
    );
  }
  return Object.fromEntries(
    services.map((service) => {
      const own = section.section(service.name);
      const settings = readService(own, service);
      if (environment === "prod") requireProductionSettings(own, service, settings);
      return [service.name, settings];
    }),
  );
}

function readService(section: Section, service: ServiceDescription): ServiceSettings {
  const scale = readScale(section.section("scale"), service.scale);
  const settings = {
    scale,
    reserve: section.sections("reserve").map((one) => readReserve(one, scale)),
    resources: readResources(section.section("resources"), service.resources),
    image: section.text("image"),
    environment: readEnvironment(section.section("environment")),
    secretFiles: readSecretFiles(section.section("secretFiles")),
    internetPorts: section.integers("internetPorts", 1, 65_535) ?? [],
  };
  section.refuseUnknownKeys();
  return settings;
}

const VARIABLE = /^[A-Z][A-Z0-9]*(_[A-Z0-9]+)*$/;
/** A Secret's name and, after the last slash, a key in it. */
const SECRET_KEY = /^(?<secret>[a-z0-9]([-a-z0-9.]*[a-z0-9])?)\/(?<key>[-._A-Za-z0-9]+)$/;

/** The variables that a section sets. */
function variables(section: Section): readonly string[] {
  for (const name of section.keys()) {
    if (!VARIABLE.test(name)) {
      throw new SettingsError(`${section.name(name)} is not the name of a variable; write it like MAIL_URL`);
    }
  }
  return section.keys();
}

const readEnvironment = (section: Section): Record<string, string> =>
  Object.fromEntries(variables(section).map((name) => [name, section.scalar(name)]));

const readSecretFiles = (section: Section): Record<string, { secret: string; key: string }> =>
  Object.fromEntries(
    variables(section).map((name) => {
      const { secret, key } = SECRET_KEY.exec(section.text(name) ?? "")?.groups ?? {};
      if (secret !== undefined && key !== undefined) return [name, { secret, key }];
      return section.refuse(name, "does not say where the value is; write it like stripe/secret-key");
    }),
  );

function requireProductionSettings(
  section: Section,
  { productionSettings }: ServiceDescription,
  { environment, secretFiles }: ServiceSettings,
): void {
  for (const variable of productionSettings) {
    if (variable in environment || variable in secretFiles) continue;
    throw new SettingsError(
      `${section.name("environment")}.${variable} is missing; what holds without it is for development: set it, or name its Secret in secretFiles`,
    );
  }
}

function readScale(section: Section, base: Scale): Scale {
  const min = section.integer("min", 1, MOST_REPLICAS) ?? base.min;
  const max = section.integer("max", 1, MOST_REPLICAS) ?? base.max;
  const cpuPercent = section.integer("cpuPercent", 1, 100) ?? base.cpuPercent;
  const requestsInFlight = section.integer("requestsInFlight", 1, MOST_REQUESTS) ?? base.requestsInFlight;
  section.refuseUnknownKeys();
  if (min > max) {
    throw new SettingsError(
      `${section.path}: min (${min}) is above max (${max}); lower min or raise max, both may be set here`,
    );
  }
  return { min, max, cpuPercent, ...(requestsInFlight === undefined ? {} : { requestsInFlight }) };
}

function readReserve(section: Section, scale: Scale): ReserveArgs {
  const days = section.texts("days");
  const reserve = {
    from: section.text("from") ?? "",
    to: section.text("to") ?? "",
    min: section.integer("min", 1, MOST_REPLICAS) ?? 0,
    ...(days === undefined ? {} : { days }),
  };
  section.refuseUnknownKeys();
  const problem = reserveProblem(reserve, scale);
  if (problem === undefined) return reserve;
  throw new SettingsError(`${section.path}: ${problem}`);
}

/** Requests and limits, over those that hold where a stack says nothing. */
export function readResources(section: Section, base: Resources): Resources {
  const resources = {
    cpu: readRange(section.section("cpu"), base.cpu),
    memory: readRange(section.section("memory"), base.memory),
  };
  section.refuseUnknownKeys();
  return resources;
}

function readRange(section: Section, base: ResourceRange): ResourceRange {
  const request = section.quantity("request") ?? base.request;
  const limit = section.quantity("limit") ?? base.limit;
  section.refuseUnknownKeys();
  if ((parseQuantity(limit) ?? 0) < (parseQuantity(request) ?? 0)) {
    throw new SettingsError(
      `${section.path}: limit (${limit}) is below request (${request}); raise the limit or lower the request`,
    );
  }
  return { request, limit };
}
