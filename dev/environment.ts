import { urlVariable } from "../services/chassis/resources.ts";
import type { ServiceDescription } from "../services/description.ts";

/** Where a service finds what its description declares, outside a cluster. */
export interface Addresses {
  /** Base URL of a service. */
  readonly urlOf: (service: ServiceDescription) => string;
  readonly database: string | undefined;
  readonly redis: string | undefined;
  readonly broker: string | undefined;
  /** File that holds a secret of the service. */
  readonly secretFile: (variable: string) => string;
  /** Where people find the platform, such as `http://127.0.0.1:8000`. */
  readonly publicUrl: string;
}

/** The variables that a service is given, as its description has it: what the Microservice component does in a cluster. */
export function serviceEnvironment(
  service: ServiceDescription,
  { urlOf, database, redis, broker, secretFile, publicUrl }: Addresses,
): Record<string, string> {
  const usesBroker = service.publishes.length + service.consumes.length > 0;
  return {
    PUBLIC_URL: publicUrl,
    ...(service.demoData ? { SEED_DEMO: "true" } : {}),
    ...Object.fromEntries(service.calls.map((callee) => [urlVariable(callee), urlOf(callee)])),
    ...(service.database && database !== undefined ? { DATABASE_URL: database } : {}),
    ...(service.cache && redis !== undefined ? { REDIS_URL: redis } : {}),
    ...(usesBroker && broker !== undefined ? { BROKER_URL: broker } : {}),
    ...Object.fromEntries(service.secrets.map((name) => [`${name}_FILE`, secretFile(name)])),
  };
}
