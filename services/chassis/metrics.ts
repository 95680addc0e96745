import {
  Counter,
  collectDefaultMetrics,
  Gauge,
  Histogram,
  type OpenMetricsContentType,
  Registry,
} from "prom-client";
import { type Objectives, seconds } from "../description.ts";

/** What a service counts and measures, shown on the admin port at `/metrics`. */
export interface Metrics {
  readonly registry: Registry;
  /** Time from a request's first byte to the end of its answer, in seconds. */
  readonly httpDuration: Histogram<"method" | "route" | "status" | "trace_id">;
  /** Time that calls to other services took, in seconds; `outcome` is the status class or the kind of failure. */
  readonly callDuration: Histogram<"service" | "outcome">;
  /** What is told of whoever watches over security; see `securityEvents`. */
  readonly securityEvents: Counter<"event">;
  /** Makes a counter of this service's own, such as `orders_total`. */
  counter<Label extends string>(name: string, help: string, labels?: readonly Label[]): Counter<Label>;
  /** Makes a gauge whose value is asked for when it is scraped. */
  gauge(name: string, help: string, read: () => number | Promise<number>): void;
  /** The same with a value for each value of a label; one that is no longer told is no longer shown. */
  gauges(
    name: string,
    help: string,
    label: string,
    read: () => Iterable<readonly [string, number]> | Promise<Iterable<readonly [string, number]>>,
  ): void;
}

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/**
 * Makes the metrics of one service, with those of the Node process.
 *
 * @param objectives What its users are promised; the time is a bucket's bound, so that it can be seen to be kept.
 */
export function createMetrics(objectives?: Objectives): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  // Only a registry of this form may have a metric with examples, whatever form it is shown in later.
  const open = new Registry<OpenMetricsContentType>();
  open.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
  const httpDuration = new Histogram<"method" | "route" | "status" | "trace_id">({
    name: "http_server_request_duration_seconds",
    help: "Time to answer a request",
    labelNames: ["method", "route", "status"],
    buckets: objectives === undefined ? SECONDS : withBound(seconds(objectives.p99)),
    // A bucket names a request that fell into it, by its trace.
    enableExemplars: true,
    registers: [open],
  });
  registry.registerMetric(httpDuration);
  return {
    registry,
    httpDuration,
    callDuration: new Histogram({
      name: "http_client_request_duration_seconds",
      help: "Time of a call to another service",
      labelNames: ["service", "outcome"],
      buckets: SECONDS,
      registers,
    }),
    securityEvents: new Counter({
      name: "security_events_total",
      help: "Security events by kind",
      labelNames: ["event"],
      registers,
    }),
    counter: (name, help, labels = []) => new Counter({ name, help, labelNames: [...labels], registers }),
    gauge(name, help, read) {
      new Gauge({
        name,
        help,
        registers,
        async collect() {
          this.set(await read());
        },
      });
    },
    gauges(name, help, label, read) {
      new Gauge({
        name,
        help,
        labelNames: [label],
        registers,
        async collect() {
          const values = await read();
          this.reset();
          for (const [key, value] of values) this.set({ [label]: key }, value);
        },
      });
    },
  };
}

const withBound = (bound: number): number[] => [...new Set([...SECONDS, bound])].sort((a, b) => a - b);
