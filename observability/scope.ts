import type { Resources, ServiceDescription } from "../services/description.ts";

/** What alerts and dashboards are about: one environment. */
export interface Scope {
  /** Namespace of its services and stores. */
  readonly namespace: string;
  /** Its services, as they describe themselves. */
  readonly services: readonly ServiceDescription[];
  /** What one replica of a service may use there, where that differs from its description. */
  readonly resources: Readonly<Record<string, Resources | undefined>>;
  /** Redis servers of the set. */
  readonly redisReplicas: number;
}

/**
 * Series of one environment, in PromQL.
 *
 * @param matchers Further ones, such as `job="order",status=~"5.."`.
 * @example series("up", { namespace: "shop" }, 'job="order"') // up{namespace="shop",job="order"}
 */
export const series = (metric: string, { namespace }: Pick<Scope, "namespace">, matchers = ""): string =>
  `${metric}{namespace="${namespace}"${matchers === "" ? "" : `,${matchers}`}}`;
