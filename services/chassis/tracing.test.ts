import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { SpanKind, SpanStatusCode } from "@opentelemetry/api";
import { AlwaysOffSampler } from "@opentelemetry/sdk-trace";
import { expect, test } from "vitest";
import { defineService } from "../description.ts";
import { createApi } from "./api.ts";
import { eventHandlers } from "./event-handler.ts";
import { openHttpClient } from "./http-client.ts";
import { createMetrics } from "./metrics.ts";
import { recording } from "./test/recording.ts";
import { silentLog } from "./test/running.ts";
import { currentSpan, currentTraceparent } from "./trace-context.ts";
import { inSpan, NO_TRACING, openTracing, tracingBy } from "./tracing.ts";

const TRACE_ID = "4bf92f3577b34da6a3ce929d0e0e4736";
const RECORDED = `00-${TRACE_ID}-00f067aa0ba902b7-01`;
const UNRECORDED = `00-${TRACE_ID}-00f067aa0ba902b7-00`;
const SERVER = { kind: SpanKind.SERVER };

const description = defineService({
  name: "thing",
  summary: "Things",
  scale: { min: 1, max: 1, cpuPercent: 50 },
  resources: { cpu: { request: "1m", limit: "1" }, memory: { request: "1Mi", limit: "1Mi" } },
  objectives: { availability: 99, p99: "1s" },
});

/** A server that answers everything with one status and keeps the headers that it got. */
async function callee(status: number) {
  const seen: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    seen.push(request.headers.traceparent?.toString());
    response.writeHead(status).end("{}");
  });
  const listening = Promise.withResolvers<void>();
  server.listen(0, "127.0.0.1", listening.resolve);
  await listening.promise;
  return { seen, server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

test("a request is a span, and each try of a call within it another one that the callee's spans go below", async () => {
  const { tracing, spans } = recording();
  const { seen, server, url } = await callee(503);
  const metrics = createMetrics();
  const client = openHttpClient("callee", url, metrics);
  const api = createApi(silentLog, metrics, undefined, tracing);
  api.get("/things/:id", async () => client.send({ method: "GET", path: "/" }));
  try {
    await api.inject({ url: "/things/42?secret=1", headers: { traceparent: RECORDED } });
    const [first, second, third, request] = spans();
    for (const call of [first, second, third]) {
      expect(call).toMatchObject({
        name: "GET callee",
        kind: SpanKind.CLIENT,
        parentSpanContext: { spanId: request?.spanContext().spanId },
        attributes: { "peer.service": "callee", "http.response.status_code": 503 },
        status: { code: SpanStatusCode.ERROR },
      });
    }
    expect(request).toMatchObject({
      name: "GET /things/:id",
      kind: SpanKind.SERVER,
      parentSpanContext: { traceId: TRACE_ID, spanId: "00f067aa0ba902b7" },
      attributes: { "http.route": "/things/:id", "http.response.status_code": 200 },
    });
    expect(JSON.stringify(request?.attributes)).not.toContain("secret");
    expect(seen).toEqual(
      [first, second, third].map((call) => `00-${TRACE_ID}-${call?.spanContext().spanId}-01`),
    );
  } finally {
    await api.close();
    await client.close();
    server.close();
  }
});

test("a request whose caller has gone before the answer is a span that ends there", async () => {
  const { tracing, spans } = recording();
  const api = createApi(silentLog, createMetrics(), undefined, tracing);
  const asked = Promise.withResolvers<void>();
  const answer = Promise.withResolvers<object>();
  api.get("/slow", async () => {
    asked.resolve();
    return answer.promise;
  });
  const origin = await api.listen({ port: 0, host: "127.0.0.1" });
  const caller = new AbortController();
  const call = fetch(`${origin}/slow`, { signal: caller.signal });
  try {
    await asked.promise;
    caller.abort();
    await expect(call).rejects.toThrow(/abort/);
    await expect
      .poll(() => spans().map(({ attributes }) => attributes["error.type"]))
      .toEqual(["unanswered"]);
  } finally {
    answer.resolve({});
    await api.close();
  }
});

test("a bucket of the metric names the trace of a request, in the form that can", async () => {
  const { tracing } = recording();
  const metrics = createMetrics();
  const api = createApi(silentLog, metrics, undefined, tracing);
  api.get("/", async () => ({}));
  await api.inject({ url: "/", headers: { traceparent: RECORDED } });
  await api.inject({ url: "/", headers: { traceparent: UNRECORDED } });
  const [histogram] = (await metrics.registry.getMetricsAsJSON()).filter(
    ({ name }) => name === "http_server_request_duration_seconds",
  );
  expect(JSON.stringify(histogram).match(/"trace_id":"\w+"/g)).toEqual([`"trace_id":"${TRACE_ID}"`]);
});

test("what is not recorded elsewhere is not recorded here, and its ids are passed on as they came", () => {
  const { tracing, spans } = recording();
  const span = tracing.begin("GET /", UNRECORDED, SERVER);
  expect(span?.isRecording()).toBe(false);
  expect(span?.spanContext()).toMatchObject({ traceId: TRACE_ID, spanId: "00f067aa0ba902b7" });
  expect(spans()).toEqual([]);
});

test("at the public door nobody outside says what is recorded, and everything gets a trace", () => {
  const all = recording({ isPublic: true });
  const asked = all.tracing.begin("GET /", UNRECORDED, SERVER);
  expect(asked?.spanContext()).toMatchObject({ traceId: TRACE_ID });
  for (const tracing of [recording({ isPublic: true, root: new AlwaysOffSampler() }).tracing]) {
    expect(tracing.begin("GET /", undefined, SERVER)?.isRecording()).toBe(false);
  }
  const none = tracingBy(undefined, true).begin("GET /", undefined, SERVER)?.spanContext();
  expect(none).toMatchObject({ traceId: expect.stringMatching(/^[0-9a-f]{32}$/), traceFlags: 0 });
  expect(NO_TRACING.begin("GET /", undefined, SERVER)).toBeUndefined();
});

test("an event is handled within a span of its trace; a failure names its kind and nothing of the people", async () => {
  const { tracing, spans } = recording();
  const seen: (string | undefined)[] = [];
  const handle = async (_transaction: unknown, payload: unknown) => {
    seen.push(currentTraceparent());
    if (payload === "bad") throw new RangeError("Ada Lovelace");
  };
  const handlers = eventHandlers([{ routingKey: "order.paid.v1", handle }], createMetrics(), tracing);
  const transaction = { query: async () => [], script: async () => {} };
  const event = {
    messageId: "1",
    routingKey: "order.paid.v1",
    stream: "order/42",
    traceparent: RECORDED,
  };
  await handlers.handle(transaction, { ...event, payload: '"good"' });
  await expect(handlers.handle(transaction, { ...event, payload: '"bad"' })).rejects.toThrow(RangeError);
  const [good, bad] = spans();
  expect(seen).toEqual([good, bad].map((span) => `00-${TRACE_ID}-${span?.spanContext().spanId}-01`));
  expect(good).toMatchObject({
    name: "process order.paid.v1",
    kind: SpanKind.CONSUMER,
    attributes: { "messaging.message.conversation_id": "42" },
  });
  expect(bad).toMatchObject({
    attributes: { "error.type": "RangeError" },
    status: { code: SpanStatusCode.ERROR },
  });
  expect(JSON.stringify([bad?.attributes, bad?.events, bad?.status])).not.toContain("Ada");
});

test("where nothing is recorded, a part of the work asks for no attributes and gets no span", async () => {
  const attributes = () => {
    throw new Error("asked");
  };
  expect(await inSpan("part", attributes, async (span) => span)).toBeUndefined();
  expect(currentSpan()).toBeUndefined();
});

test.each([
  [{ OTEL_EXPORTER_OTLP_ENDPOINT: "jaeger:4318" }, /^OTEL_EXPORTER_OTLP_ENDPOINT must be the URL of an OTLP/],
  [{ OTEL_TRACES_SAMPLER_ARG: "5 %" }, /^OTEL_TRACES_SAMPLER_ARG must be a number from 0 to 1$/],
  [{ OTEL_TRACES_SAMPLER_ARG: "1.01" }, /from 0 to 1$/],
])("%o is refused", (environment, message) =>
  expect(openTracing(description, environment, silentLog, createMetrics())).rejects.toThrow(message),
);

test("spans reach an OTLP receiver, those that wait at the end included", async () => {
  const { seen, server, url } = await callee(200);
  const open = (endpoint: string, metrics = createMetrics()) =>
    openTracing(
      description,
      { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_TRACES_SAMPLER_ARG: "1" },
      silentLog,
      metrics,
    );
  const metrics = createMetrics();
  const there = await open(url, metrics);
  there.begin("GET /", undefined, SERVER)?.end();
  await there.close();
  server.close();
  expect(seen).toHaveLength(1);
  expect(await metrics.registry.getSingleMetricAsString("trace_spans_sent_total")).toMatch(/ 1$/);
});
