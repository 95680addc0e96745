import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import fc from "fast-check";
import { expect, test } from "vitest";
import { createApi } from "./api.ts";
import { openHttpClient } from "./http-client.ts";
import { createLogger } from "./log.ts";
import { createMetrics } from "./metrics.ts";
import { inTrace } from "./test/in-trace.ts";
import { silentLog } from "./test/running.ts";
import { isTraceparent, newSpanContext, spanContextOf, traceparentOf } from "./trace-context.ts";

const newTraceparent = () => traceparentOf(newSpanContext());
const TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

test.each([TRACE, newTraceparent(), TRACE.replace("00-", "01-"), `${TRACE.replace("00-", "cc-")}-later`])(
  "%s is a traceparent",
  (value) => expect(isTraceparent(value)).toBe(true),
);

test.each([
  undefined,
  "",
  TRACE.toUpperCase(),
  TRACE.slice(1),
  `${TRACE}-more`,
  TRACE.replace("00-", "ff-"),
  TRACE.replace("4bf92f3577b34da6a3ce929d0e0e4736", "0".repeat(32)),
  TRACE.replace("00f067aa0ba902b7", "0".repeat(16)),
  `${TRACE.replace("00-", "01-")}-${"x".repeat(300)}`,
])("%s is none", (value) => expect(isTraceparent(value)).toBe(false));

test("whatever is taken for one has nothing in it that could end a header", () => {
  const value = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.string().map((tail) => `01${TRACE.slice(2)}-${tail}`),
  );
  fc.assert(
    fc.property(value, (text) => {
      if (isTraceparent(text)) expect(text).toMatch(/^[\x21-\x7e]+$/);
    }),
  );
});

test("what a header names comes out as it went in, a later version's as the one that is spoken here", () => {
  for (const [given, told] of [
    [TRACE, TRACE],
    [`${TRACE.replace("00-", "01-")}-later`, TRACE],
    [TRACE.replace(/01$/, "03"), TRACE],
    [TRACE.replace(/01$/, "02"), TRACE.replace(/01$/, "00")],
  ]) {
    const context = spanContextOf(given);
    expect(context && traceparentOf(context)).toBe(told);
  }
});

test("log lines of a request name its trace, and others none", () => {
  const lines: string[] = [];
  const destination = { write: (line: string) => void lines.push(line) };
  const log = createLogger("info", { name: "test", version: "0", pod: "test" }, destination);
  inTrace(TRACE, () => log.info("in"));
  log.info("out");
  expect(lines.map((line) => JSON.parse(line).traceId)).toEqual([TRACE.split("-")[1], undefined]);
});

test("calls that are made for a request carry its trace, also when they are made side by side", async () => {
  const seen: Record<string, string | undefined> = {};
  const callee = createServer((request, response) => {
    seen[request.url ?? ""] = request.headers.traceparent?.toString();
    response.end("{}");
  });
  const listening = Promise.withResolvers<void>();
  callee.listen(0, "127.0.0.1", listening.resolve);
  await listening.promise;
  const metrics = createMetrics();
  const client = openHttpClient(
    "callee",
    `http://127.0.0.1:${(callee.address() as AddressInfo).port}`,
    metrics,
  );
  const api = createApi(silentLog, metrics);
  api.post<{ Params: { name: string } }>("/calls/:name", async ({ params: { name } }) => {
    await Promise.resolve();
    await client.send({ method: "GET", path: `/${name}` });
    return {};
  });
  const origin = await api.listen({ port: 0, host: "127.0.0.1" });
  try {
    const traces = Object.fromEntries(
      Array.from({ length: 20 }, (_, index) => [`/${index}`, newTraceparent()]),
    );
    const call = (path: string, headers: Record<string, string>) =>
      fetch(`${origin}/calls${path}`, {
        method: "POST",
        body: JSON.stringify({ large: "x".repeat(20_000) }),
        headers: { "content-type": "application/json", ...headers },
      });
    await Promise.all([
      ...Object.entries(traces).map(([path, traceparent]) => call(path, { traceparent })),
      call("/none", {}),
      call("/bad", { traceparent: "00-bad" }),
    ]);
    expect(seen).toEqual({ ...traces, "/none": undefined, "/bad": undefined });
  } finally {
    await api.close();
    await client.close();
    callee.close();
  }
});
