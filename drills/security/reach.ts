/** Who may reach whom, by the descriptions of the services alone. Pure. */

import { edges, usesBroker } from "../../components/platform/edges.ts";
import { ADMIN_PORT, API_PORT, type ServiceDescription } from "../../services/description.ts";

/** Somewhere that a connection can be tried to. */
export interface Target {
  /** What is there, such as `order` or `postgres`. */
  readonly name: string;
  readonly host: string;
  readonly port: number;
}

/** Ports of the stores that clients use. */
export const STORE_PORTS: Readonly<Record<string, readonly number[]>> = {
  postgres: [5432],
  redis: [6379, 26379],
  rabbitmq: [5672],
};

/**
 * Whether a connection was declared: a call, a store of its own, or a store's other pods.
 *
 * @param from Name of the service or store that connects; a name that is neither may reach nobody.
 */
export function isDeclared(
  services: readonly ServiceDescription[],
  from: string,
  { name, port }: Pick<Target, "name" | "port">,
): boolean {
  // A set of servers keeps itself together.
  if (from in STORE_PORTS) return from === name;
  const service = services.find((candidate) => candidate.name === from);
  if (service === undefined) return false;
  if (edges(service, services).calls.includes(name)) return port === API_PORT;
  const uses: Readonly<Record<string, boolean>> = {
    postgres: service.database === "postgres",
    redis: service.cache === "redis",
    rabbitmq: usesBroker(service),
  };
  return uses[name] === true && (STORE_PORTS[name] ?? []).includes(port);
}

/** Ports that a service listens on. */
export const SERVICE_PORTS = [API_PORT, ADMIN_PORT];
