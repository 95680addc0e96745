import { type Dispatcher, request } from "undici";
import { expect } from "vitest";
import { type Api, createApi } from "../../chassis/api.ts";
import { createMetrics } from "../../chassis/metrics.ts";
import { silentLog } from "../../chassis/test/running.ts";
import { defineService } from "../../description.ts";
import { servePublicApi } from "../src/public-api.ts";
import type { RateLimiter } from "../src/rate-limit.ts";
import { openUpstream, type Upstream } from "../src/upstream.ts";
import { StandIn } from "./stand-in.ts";

/** The one service behind a {@link Front}. */
export const goods = defineService({
  name: "goods",
  summary: "Goods & more",
  routes: ["/goods", "/offers"],
  scale: { min: 1, max: 1, cpuPercent: 50 },
  resources: { cpu: { request: "1m", limit: "1m" }, memory: { request: "1Mi", limit: "1Mi" } },
  objectives: { availability: 99, p99: "100ms" },
});

/** Long enough for a busy machine, short enough to wait for. */
const TIMEOUT_MS = 1500;

/** The public API before a stand-in for a service. */
export class Front {
  service: StandIn;
  rateLimiter: RateLimiter = async () => 0;
  retries = 0;
  readonly origin: string;
  readonly #api: Api;
  readonly #upstream: Upstream;

  private constructor(service: StandIn, upstream: Upstream, api: Api, origin: string) {
    this.service = service;
    this.#upstream = upstream;
    this.#api = api;
    this.origin = origin;
  }

  static async open(): Promise<Front> {
    const metrics = createMetrics();
    const service = new StandIn();
    const api = createApi(silentLog, metrics);
    const counters = { duration: metrics.callDuration, retried: () => front.retries++ };
    const upstream = openUpstream(goods, await service.listen(), counters, TIMEOUT_MS);
    servePublicApi(api, {
      services: [{ service: goods, upstream }],
      rateLimiter: (unit) => front.rateLimiter(unit),
      onLimited: () => {},
    });
    const front = new Front(service, upstream, api, await api.listen({ port: 0, host: "127.0.0.1" }));
    return front;
  }

  async close(): Promise<void> {
    await this.#api.close();
    await this.service.close();
    await this.#upstream.close();
  }

  /** Sends a request and reads the answer. */
  async ask(
    method: Dispatcher.HttpMethod,
    path: string,
    options: { readonly headers?: Record<string, string>; readonly body?: string | Buffer } = {},
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
