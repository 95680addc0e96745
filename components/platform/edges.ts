import type { ServiceDescription } from "../../services/description.ts";

/** Names of the services that a service calls, and of those that call it. */
export function edges(
  service: ServiceDescription,
  all: readonly ServiceDescription[],
): { calls: string[]; callers: string[] } {
  return {
    calls: service.calls.map((callee) => callee.name),
    callers: all
      .filter((other) => other.calls.some((callee) => callee.name === service.name))
      .map((caller) => caller.name),
  };
}

/** Whether a service sends or receives events. */
export function usesBroker(service: ServiceDescription): boolean {
  return service.publishes.length + service.consumes.length > 0;
}
