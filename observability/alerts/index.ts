/** Every rule of an environment. */

import type { Scope } from "../scope.ts";
import { businessAlerts } from "./business.ts";
import { cpuRules } from "./cpu.ts";
import { messagingAlerts } from "./messaging.ts";
import { objectiveAlerts, requestRates } from "./objectives.ts";
import { monitoringAlerts, platformAlerts } from "./platform.ts";
import type { RuleGroup } from "./rule.ts";
import { storeAlerts } from "./stores.ts";
import { workloadAlerts } from "./workloads.ts";

/**
 * The rules that Prometheus evaluates for one environment. Pure: the same scope gives the same rules.
 *
 * @throws {AlertError} for an alert that cannot be.
 */
export const ruleGroups = (scope: Scope): RuleGroup[] => [
  cpuRules(scope),
  requestRates(scope),
  objectiveAlerts(scope),
  businessAlerts(scope),
  messagingAlerts(scope),
  storeAlerts(scope),
  platformAlerts(scope),
  workloadAlerts(scope),
  monitoringAlerts,
];
