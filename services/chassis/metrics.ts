import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";

/** What a service counts and measures, shown on the admin port at `/metrics`. */
export interface Metrics {
  readonly registry: Registry;
  /** Time from a request's first byte to the end of its answer, in seconds. */
  readonly httpDuration: Histogram<"method" | "route" | "status">;
  /** Time that calls to other services took, in seconds; `outcome` is the status class or the kind of failure. */
  readonly callDuration: Histogram<"service" | "outcome">;
  /** Makes a counter of this service's own, such as `orders_total`. */
  counter<Label extends string>(name: string, help: string, labels?: readonly Label[]): Counter<Label>;
  /** Makes a gauge whose value is asked for when it is scraped. */
  gauge(name: string, help: string, read: () => number | Promise<number>): void;
}

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** Makes the metrics of one service, with those of the Node process. */
export function createMetrics(): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  return {
    registry,
    httpDuration: new Histogram({
      name: "http_server_request_duration_seconds",
      help: "Time to answer a request",
      labelNames: ["method", "route", "status"],
      buckets: SECONDS,
      registers,
    }),
    callDuration: new Histogram({
      name: "http_client_request_duration_seconds",
      help: "Time of a call to another service",
      labelNames: ["service", "outcome"],
      buckets: SECONDS,
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
  };
}
