import type { Scope } from "../scope.ts";
import { toGrafana } from "./grafana.ts";
import { dashboardModels } from "./index.ts";

/** Every dashboard of an environment as Grafana reads it, by its file's name. */
export const dashboards = (scope: Scope): Record<string, unknown> =>
  Object.fromEntries(Object.entries(dashboardModels(scope)).map(([name, model]) => [name, toGrafana(model)]));
