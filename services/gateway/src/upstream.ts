import { setTimeout as pause } from "node:timers/promises";
import { Pool } from "undici";
import { CircuitBreaker } from "../../chassis/circuit-breaker.ts";
import type { Metrics } from "../../chassis/metrics.ts";
import { inCall } from "../../chassis/tracing.ts";
import type { ServiceDescription } from "../../description.ts";
import { type Answer, ExchangeError, exchange, type OutgoingRequest } from "./exchange.ts";
import { RetryBudget } from "./retry-budget.ts";

/** Sends requests to one service. Made by {@link openUpstream}. */
export interface Upstream {
  /**
   * Sends a request, again where that is safe and helps: always while no byte of it has left, and after a broken
   * connection if it is `repeatable`. So a pod that dies is not noticed as long as another one lives.
   *
   * @param repeatable Whether doing it twice is the same as doing it once.
   * @throws {ExchangeError} when there is no answer; its kind tells why.
   */
  send(request: OutgoingRequest, repeatable: boolean): Promise<Answer>;
  /** Seconds after which a request may find the service well again, at least 1. */
  retryAfterSeconds(): number;
  close(): Promise<void>;
}

/** Counters that the upstreams of a gateway share. */
export interface UpstreamMetrics {
  readonly duration: Metrics["callDuration"];
  readonly retried: (service: string) => void;
  /** A request was turned away because too many were waiting already. */
  readonly turnedAway: (service: string) => void;
}

/** Connections of one replica to one service; more requests than that wait their turn. */
const CONNECTIONS = 128;
/**
 * Requests of one replica that one service works on or has waiting. A service that hangs fills this and no more: what
 * the gateway has of memory and connections stays free for the others.
 */
export const IN_FLIGHT_LIMIT = 256;
/** A connection leads to one pod for its whole life: it is renewed so that new pods get their share. */
const CONNECTION_LIFE_MS = 60_000;
/** A cluster connects within milliseconds; a pod that is gone does not answer at all. */
const CONNECT_TIMEOUT_MS = 1000;
/** The first pause is short, because a dead pod is out of the Service's endpoints within a second or two. */
const RETRY_PAUSES_MS = [20, 100, 400];
const BREAKER = { failures: 20, cooldownMs: 2000 };
/** An answer that says the service, or what is right behind it, is not well. */
const UNWELL = new Set([502, 503, 504]);

/**
 * How long a service may take for an answer, derived from its promise: a request that takes twenty times as long as
 * 99 of 100 do is not coming back. At least 2 s, so that one slow disk write does not fail it; at most 30 s.
 */
export function timeoutOf({ objectives: { p99 } }: ServiceDescription): number {
  const milliseconds = p99.endsWith("ms") ? Number.parseFloat(p99) : Number.parseFloat(p99) * 1000;
  return Math.min(30_000, Math.max(2000, milliseconds * 20));
}

/**
 * Opens connections to a service as they are needed.
 *
 * @param service Its description, from which the timeout follows.
 * @param url Its origin, such as `http://order`.
 */
export function openUpstream(
  service: ServiceDescription,
  url: string,
  metrics: UpstreamMetrics,
  timeoutMs = timeoutOf(service),
): Upstream {
  const pool = new Pool(url, {
    connections: CONNECTIONS,
    clientTtl: CONNECTION_LIFE_MS,
    connect: { timeout: CONNECT_TIMEOUT_MS },
  });
  const breaker = new CircuitBreaker(BREAKER);
  const budget = new RetryBudget();
  let inFlight = 0;

  const sendWithRetries = async (request: OutgoingRequest, repeatable: boolean): Promise<Answer> => {
    const deadline = performance.now() + timeoutMs;
    for (let attempt = 0; ; attempt++) {
      try {
        return await inCall(request.method, service.name, (trace) =>
          exchange(
            pool,
            { ...request, headers: { ...request.headers, ...trace } },
            Math.max(1, deadline - performance.now()),
          ),
        );
      } catch (error) {
        const retryPause = RETRY_PAUSES_MS[attempt];
        const safe = kindOf(error) === "unreachable" || (kindOf(error) === "reset" && repeatable);
        if (!safe || retryPause === undefined || !budget.spend()) throw error;
        metrics.retried(service.name);
        await pause(retryPause * (0.5 + Math.random()));
      }
    }
  };

  return {
    async send(request, repeatable) {
      // Asked first: a request that is turned away must not be the one that tries whether the service is well again.
      if (inFlight >= IN_FLIGHT_LIMIT) {
        metrics.turnedAway(service.name);
        throw new ExchangeError("crowded");
      }
      if (!breaker.mayTry()) throw new ExchangeError("circuit-open");
      inFlight += 1;
      budget.earn();
      const start = performance.now();
      let outcome = "failed";
      try {
        const answer = await sendWithRetries(request, repeatable);
        outcome = `${Math.floor(answer.status / 100)}xx`;
        if (UNWELL.has(answer.status)) breaker.failed();
        else breaker.succeeded();
        return answer;
      } catch (error) {
        outcome = kindOf(error) ?? outcome;
        breaker.failed();
        throw error;
      } finally {
        inFlight -= 1;
        metrics.duration.observe({ service: service.name, outcome }, (performance.now() - start) / 1000);
      }
    },
    retryAfterSeconds: () => Math.max(1, Math.ceil(breaker.waitMs / 1000)),
    close: () => pool.close(),
  };
}

const kindOf = (error: unknown) => (error instanceof ExchangeError ? error.kind : undefined);
