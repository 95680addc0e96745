import { type Dispatcher, request } from "undici";
import { expect } from "vitest";
import type { AccessTokenVerifier } from "../../chassis/access-token.ts";
import { type Api, createApi } from "../../chassis/api.ts";
import type { RateLimiter } from "../../chassis/index.ts";
import { createMetrics } from "../../chassis/metrics.ts";
import { silentLog } from "../../chassis/test/running.ts";
import { tracingBy } from "../../chassis/tracing.ts";
import { defineService, type ServiceDescription } from "../../description.ts";
import { createAuthenticator } from "../src/authentication.ts";
import type { Limits } from "../src/limits.ts";
import { servePublicApi } from "../src/public-api.ts";
import { openUpstream, type Upstream } from "../src/upstream.ts";
import { StandIn } from "./stand-in.ts";

/** The service behind a {@link Front}. */
export const goods = defineService({
  name: "goods",
  summary: "Goods & more",
  routes: ["/goods", "/offers"],
  scale: { min: 1, max: 1, cpuPercent: 50 },
  resources: { cpu: { request: "1m", limit: "1m" }, memory: { request: "1Mi", limit: "1Mi" } },
  objectives: { availability: 99, p99: "100ms" },
});

/** Another one, with paths that are limited more than others. */
export const people = defineService({
  ...goods,
  name: "people",
  summary: "People",
  routes: ["/sessions", "/orders", "/cart"],
});

/** Limits by name; how many there are is up to the rate limiter. */
export const limits: Limits = {
  address: { name: "address", perSecond: 10, burst: 20 },
  account: { name: "account", perSecond: 5, burst: 10 },
  credentials: { name: "credentials", perSecond: 0.5, burst: 3 },
  orders: { name: "orders", perSecond: 1, burst: 2 },
};

/** Long enough for a busy machine, short enough to wait for. */
const TIMEOUT_MS = 1500;

/** What a {@link Front} differs in. */
export interface FrontOptions {
  readonly origins?: readonly string[];
  /** Default: no token is valid. */
  readonly verify?: AccessTokenVerifier;
  /** A service beside the first, which has all the time in the world. */
  readonly beside?: { readonly service: ServiceDescription; readonly standIn: StandIn };
}

/** The public API before a stand-in for a service. */
export class Front {
  service: StandIn;
  rateLimiter: RateLimiter = async () => undefined;
  retries = 0;
  turnedAway = 0;
  readonly limited: string[] = [];
  readonly origin: string;
  readonly #api: Api;
  readonly #upstreams: readonly Upstream[];

  private constructor(service: StandIn, upstreams: readonly Upstream[], api: Api, origin: string) {
    this.service = service;
    this.#upstreams = upstreams;
    this.#api = api;
    this.origin = origin;
  }

  static async open({
    origins = [],
    verify = async () => ({ kind: "invalid" }),
    beside,
  }: FrontOptions = {}): Promise<Front> {
    const metrics = createMetrics();
    const service = new StandIn();
    const api = createApi(silentLog, metrics, undefined, tracingBy(undefined, true));
    const counters = {
      duration: metrics.callDuration,
      retried: () => front.retries++,
      turnedAway: () => front.turnedAway++,
    };
    const upstream = openUpstream(goods, await service.listen(), counters, TIMEOUT_MS);
    const services = [{ service: goods, upstream }];
    if (beside !== undefined) {
      const url = await beside.standIn.listen();
      services.push({
        service: beside.service,
        upstream: openUpstream(beside.service, url, counters, 60_000),
      });
    }
    servePublicApi(api, {
      services,
      origins: new Set(origins),
      admission: {
        limits,
        rateLimiter: (allowances) => front.rateLimiter(allowances),
        authenticator: createAuthenticator(verify),
        onLimited: (limit) => front.limited.push(limit),
      },
      patience: { maxAgeMs: 0, retryMs: 0 },
    });
    const upstreams = services.map((routed) => routed.upstream);
    const front = new Front(service, upstreams, api, await api.listen({ port: 0, host: "127.0.0.1" }));
    return front;
  }

  async close(): Promise<void> {
    await this.#api.close();
    await this.service.close();
    await Promise.all(this.#upstreams.map((upstream) => upstream.close()));
  }

  /** Sends a request and reads the answer. */
  async ask(
    method: Dispatcher.HttpMethod,
    path: string,
    options: { readonly headers?: Record<string, string | string[]>; readonly body?: string | Buffer } = {},
  ) {
    const answer = await request(this.origin + path, { method, ...options });
    const text = await answer.body.text();
    const isJson = String(answer.headers["content-type"]).includes("json");
    return {
      status: answer.statusCode,
      headers: answer.headers,
      text,
      body: isJson && text !== "" ? JSON.parse(text) : text,
    };
  }
}

/** What an answer that is a problem looks like. */
export const problem = (slug: string, status: number) => ({
  status,
  headers: { "content-type": expect.stringMatching(/^application\/problem\+json/) },
  body: {
    type: `urn:tradestack:problem:${slug}`,
    status,
    detail: expect.any(String),
    instance: expect.any(String),
  },
});
