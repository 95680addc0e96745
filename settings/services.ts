import { parseQuantity } from "../components/quantity.ts";
import type { ResourceRange, Resources, Scale, ServiceDescription } from "../services/description.ts";
import { SettingsError } from "./error.ts";
import { type Section, suggestion } from "./section.ts";

/** Most replicas that one service may be given. */
const MOST_REPLICAS = 1000;

/** How a service runs in this environment. */
export interface ServiceSettings {
  readonly scale: Scale;
  readonly resources: Resources;
  /** An image made elsewhere that runs instead of one built here. */
  readonly image: string | undefined;
}

/**
 * Reads what a stack says about single services, over what their descriptions say.
 *
 * @param section The stack's `services`.
 * @param services Every service of the platform.
 * @returns Settings by service name, one for every service.
 * @throws {SettingsError} for an unknown service or key, or values that contradict each other.
 */
export function readServices(
  section: Section,
  services: readonly ServiceDescription[],
): Readonly<Record<string, ServiceSettings>> {
  const names = services.map((service) => service.name);
  for (const name of section.keys()) {
    if (names.includes(name)) continue;
    throw new SettingsError(
      `${section.name(name)}: there is no such service${suggestion(name, names)}; there are ${names.join(", ")}`,
    );
  }
  return Object.fromEntries(
    services.map((service) => [service.name, readService(section.section(service.name), service)]),
  );
}

function readService(section: Section, service: ServiceDescription): ServiceSettings {
  const settings = {
    scale: readScale(section.section("scale"), service.scale),
    resources: readResources(section.section("resources"), service.resources),
    image: section.text("image"),
  };
  section.refuseUnknownKeys();
  return settings;
}

function readScale(section: Section, base: Scale): Scale {
  const min = section.integer("min", 1, MOST_REPLICAS) ?? base.min;
  const max = section.integer("max", 1, MOST_REPLICAS) ?? base.max;
  const cpuPercent = section.integer("cpuPercent", 1, 100) ?? base.cpuPercent;
  section.refuseUnknownKeys();
  if (min > max) {
    throw new SettingsError(
      `${section.path}: min (${min}) is above max (${max}); lower min or raise max, both may be set here`,
    );
  }
  return { min, max, cpuPercent };
}

function readResources(section: Section, base: Resources): Resources {
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
