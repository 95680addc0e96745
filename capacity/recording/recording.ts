/**
 * What real autoscalers did under a real load, as `bench/record.ts` writes it down, so that the simulation can be held
 * to it.
 */

import type { Autoscaler, Controller } from "../hpa/rules.ts";
import { type Trace, traceOf } from "../traces/trace.ts";

/** One look at an autoscaler. */
export interface Sample {
  /** Seconds since the recording's begin. */
  readonly second: number;
  /** Replicas that there were, and that were wanted. */
  readonly current: number;
  readonly desired: number;
  /** CPU use in per cent of the request, as the autoscaler saw it; null while it could not. */
  readonly cpuPercent: number | null;
}

/** What happened in a cluster. */
export interface Recording {
  readonly recordedAt: string;
  /** Where and under which load, in words. */
  readonly about: string;
  readonly controller: Pick<Controller, "syncPeriod" | "cpuInitializationPeriod" | "metricResolution">;
  /** Orders that had been taken by a second, counted from the begin. */
  readonly orders: readonly { readonly second: number; readonly total: number }[];
  readonly services: readonly {
    readonly name: string;
    readonly autoscaler: Autoscaler;
    readonly requestMillicores: number;
    readonly samples: readonly Sample[];
  }[];
}

/**
 * The load of a recording: between two looks at the counter, orders are taken to have come evenly.
 *
 * @throws {PlanError} where the counter was looked at fewer than twice.
 */
export function traceOfRecording({ orders, about }: Recording): Trace {
  const points = orders.flatMap(({ second, total }, index) => {
    const next = orders[index + 1];
    if (next === undefined) return [];
    const ordersPerMinute = (60 * (next.total - total)) / (next.second - second);
    return [second, next.second - 1].map((at) => ({ second: at, ordersPerMinute }));
  });
  return traceOf(about, points);
}
