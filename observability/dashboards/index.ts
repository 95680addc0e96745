import type { Scope } from "../scope.ts";

/** Every dashboard of an environment, by name. */
export function dashboards(_scope: Scope): Record<string, unknown> {
  return {};
}
