/** Every dashboard of an environment. */

import type { Scope } from "../scope.ts";
import { capacityDashboard } from "./capacity.ts";
import type { Dashboard } from "./model.ts";
import { platformOverview } from "./platform.ts";
import { securityDashboard } from "./security.ts";
import { serviceDashboard } from "./service.ts";
import { postgresDashboard, rabbitmqDashboard, redisDashboard } from "./stores.ts";

/** What each dashboard shows, by its file's name. Pure: the same scope gives the same dashboards. */
export const dashboardModels = (scope: Scope): Record<string, Dashboard> => ({
  "platform-overview": platformOverview(scope),
  capacity: capacityDashboard(scope),
  security: securityDashboard(scope),
  postgres: postgresDashboard(scope),
  ...(scope.redisReplicas === 0 ? {} : { redis: redisDashboard(scope) }),
  rabbitmq: rabbitmqDashboard(scope),
  ...Object.fromEntries(
    scope.services.map((service) => [`service-${service.name}`, serviceDashboard(service, scope)]),
  ),
});
