import { connect } from "node:net";
import fc from "fast-check";
import { request } from "undici";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Api, createApi } from "../../chassis/api.ts";
import { createLogger } from "../../chassis/log.ts";
import { createMetrics } from "../../chassis/metrics.ts";
import { defineService } from "../../description.ts";
import { StandIn } from "../test/stand-in.ts";
import { ANSWER_LIMIT } from "./exchange.ts";
import { servePublicApi } from "./public-api.ts";
import type { RateLimiter } from "./rate-limit.ts";
import { openUpstream, type Upstream } from "./upstream.ts";

const goods = defineService({
  name: "goods",
  summary: "Goods & more",
  routes: ["/goods", "/offers"],
  scale: { min: 1, max: 1, cpuPercent: 50 },
  resources: { cpu: { request: "1m", limit: "1m" }, memory: { request: "1Mi", limit: "1Mi" } },
  objectives: { availability: 99, p99: "100ms" },
});
const TIMEOUT_MS = 400;

let service: StandIn;
let upstream: Upstream;
let api: Api;
let origin: string;
let retries: number;
let rateLimiter: RateLimiter;

beforeEach(async () => {
  service = new StandIn();
  retries = 0;
  rateLimiter = async () => 0;
  const metrics = createMetrics();
  const log = createLogger("silent", { name: "gateway", version: "0", pod: "test" });
  const counters = { duration: metrics.callDuration, retried: () => retries++ };
  upstream = openUpstream(goods, await service.listen(), counters, TIMEOUT_MS);
  api = createApi(log, metrics);
  servePublicApi(api, {
    services: [{ service: goods, upstream }],
    rateLimiter: (unit) => rateLimiter(unit),
    onLimited: () => {},
  });
  origin = await api.listen({ port: 0, host: "127.0.0.1" });
});

afterEach(async () => {
  await api.close();
  await service.close();
  await upstream.close();
});

/** Sends a request and reads the answer. */
async function ask(
  method: "GET" | "HEAD" | "POST" | "DELETE" | "OPTIONS",
  path: string,
  options: object = {},
) {
  const answer = await request(origin + path, { method, ...options });
  const text = await answer.body.text();
  const isJson = String(answer.headers["content-type"]).includes("json");
  return {
    status: answer.statusCode,
    headers: answer.headers,
    text,
    body: isJson && text !== "" ? JSON.parse(text) : text,
  };
}

const problem = (slug: string, status: number) => ({
  status,
  headers: { "content-type": expect.stringMatching(/^application\/problem\+json/) },
  body: {
    type: `urn:tradestack:problem:${slug}`,
    status,
    detail: expect.any(String),
    instance: expect.any(String),
  },
});

describe("forwards", () => {
  test("method, path, query and body as they are, and the answer with its status, headers and body", async () => {
    service.behave = (_request, response) =>
      response
        .writeHead(201, { "content-type": "application/json", location: "/goods/7", etag: '"1"' })
        .end('{"a":1}');
    const answer = await ask("POST", "/api/goods?x=%20y", {
      body: '{ "sent" : "as is" }',
      headers: { "content-type": "application/json", "idempotency-key": "k-1", authorization: "Bearer t" },
    });
    expect(answer).toMatchObject({
      status: 201,
      body: { a: 1 },
      headers: { location: "/api/goods/7", etag: '"1"' },
    });
    expect(service.received).toMatchObject([
      {
        method: "POST",
        url: "/goods?x=%20y",
        body: '{ "sent" : "as is" }',
        headers: { "idempotency-key": "k-1", authorization: "Bearer t", "content-type": "application/json" },
      },
    ]);
  });

  test("HEAD with the length of what GET would bring", async () => {
    service.behave = (_request, response) => response.writeHead(200, { "content-length": "1234" }).end();
    expect(await ask("HEAD", "/api/goods/1")).toMatchObject({
      status: 200,
      text: "",
      headers: { "content-length": "1234" },
    });
  });

  test("one request id for all that happens, the caller's where it has one", async () => {
    const own = await ask("GET", "/api/goods");
    expect(own.headers["x-request-id"]).toBe(service.received[0]?.headers["x-request-id"]);
    const given = await ask("GET", "/api/goods", { headers: { "x-request-id": "given-by-caller" } });
    expect(given.headers["x-request-id"]).toBe("given-by-caller");
    expect(service.received[1]?.headers["x-request-id"]).toBe("given-by-caller");
  });

  test("the caller's address as the ingress saw it, and no header that a service would trust", async () => {
    await ask("GET", "/api/goods", {
      headers: {
        "x-forwarded-for": "10.9.9.9, 203.0.113.7",
        "x-forwarded-proto": "https",
        "x-user-id": "admin",
        "x-real-ip": "10.9.9.9",
        forwarded: "for=10.9.9.9",
        te: "trailers",
      },
    });
    const headers = service.received[0]?.headers ?? {};
    expect(headers).toMatchObject({ "x-forwarded-for": "203.0.113.7", "x-forwarded-proto": "https" });
    for (const name of ["x-user-id", "x-real-ip", "forwarded", "te"]) expect(headers[name]).toBeUndefined();
  });

  test("answers with security headers and without what tells of the server behind", async () => {
    service.behave = (_request, response) =>
      response
        .writeHead(200, { server: "secret/1.0", "x-powered-by": "secret", "cache-control": "max-age=5" })
        .end("x");
    const { headers } = await ask("GET", "/api/goods");
    expect(headers).toMatchObject({ "x-content-type-options": "nosniff", "cache-control": "max-age=5" });
    expect(headers.server).toBeUndefined();
    expect(headers["x-powered-by"]).toBeUndefined();
    expect(headers["access-control-allow-origin"]).toBeUndefined();
  });
});

describe("answers by itself", () => {
  test("GET / with a page that lists the public paths", async () => {
    const page = await ask("GET", "/");
    expect(page).toMatchObject({ status: 200, headers: { "content-type": "text/html; charset=utf-8" } });
    expect(page.text).toContain('<a href="/api/goods">');
    expect(page.text).toContain("Goods &amp; more");
  });

  test.each([
    "/goods",
    "/api/stock/1",
    "/api/reservations/1",
    "/api/goods/%2e%2e/stock",
    "/api/goodsx",
    "/api/GOODS",
  ])("404 for %s", async (path) => {
    expect(await ask("GET", path)).toMatchObject(problem("unknown-route", 404));
    expect(service.received).toEqual([]);
  });

  test("404 for a preflight: no other origin may call", async () => {
    const headers = { origin: "https://elsewhere.example", "access-control-request-method": "POST" };
    const answer = await ask("OPTIONS", "/api/goods", { headers });
    expect(answer.status).toBe(404);
    expect(answer.headers["access-control-allow-origin"]).toBeUndefined();
  });

  test("413 for a body that is too large", async () => {
    const answer = await ask("POST", "/api/goods", { body: Buffer.alloc(1024 * 1024) });
    expect(answer).toMatchObject({
      status: 413,
      headers: { "content-type": expect.stringMatching(/^application\/problem\+json/) },
    });
    expect(service.received).toEqual([]);
  });

  test("429 with the time to wait for a caller that sends too many", async () => {
    const units: string[] = [];
    rateLimiter = async (unit) => units.push(unit) * 700;
    const answer = await ask("GET", "/api/goods", { headers: { "x-forwarded-for": "2001:db8::1" } });
    expect(answer).toMatchObject(problem("too-many-requests", 429));
    expect(answer.headers["retry-after"]).toBe("1");
    expect(units).toEqual(["2001:db8:0:0::/64"]);
    expect(service.received).toEqual([]);
  });
});

describe("a service that misbehaves", () => {
  test("too slow: 504 in time", async () => {
    service.behave = () => {};
    const answer = await ask("GET", "/api/goods");
    expect(answer).toMatchObject(problem("upstream-timeout", 504));
    expect(answer.headers["retry-after"]).toBe("1");
    expect(service.received).toHaveLength(1);
  });

  test("stuck in the middle of its answer: 504 in time", async () => {
    service.behave = (_request, response) =>
      void response.writeHead(200, { "content-length": "9" }).write("half");
    expect(await ask("GET", "/api/goods")).toMatchObject(problem("upstream-timeout", 504));
  });

  test("endless answer: 502", async () => {
    service.behave = (_request, response) => {
      const more = () => {
        while (!response.destroyed && response.write(Buffer.alloc(ANSWER_LIMIT / 4)));
      };
      response.on("drain", more);
      more();
    };
    expect(await ask("GET", "/api/goods")).toMatchObject(problem("upstream-answer-too-large", 502));
  });

  test("failure without words: the same status as a problem, nothing of its insides", async () => {
    service.behave = (_request, response) => response.writeHead(500).end("Error: secret at internals.js:1");
    const answer = await ask("GET", "/api/goods");
    expect(answer).toMatchObject(problem("upstream-failed", 500));
    expect(answer.text).not.toContain("secret");
  });

  test("failure in its own words: passed on", async () => {
    const own = JSON.stringify({ type: "urn:tradestack:problem:own", status: 503 });
    service.behave = (_request, response) =>
      response.writeHead(503, { "content-type": "application/problem+json", "retry-after": "7" }).end(own);
    const answer = await ask("GET", "/api/goods");
    expect(answer).toMatchObject({ status: 503, text: own, headers: { "retry-after": "7" } });
  });

  test.each([
    ["GET", {}],
    ["DELETE", {}],
    ["POST", { "idempotency-key": "k-1" }],
  ] as const)("connection that breaks: %s %j is sent again", async (method, headers) => {
    service.behave = (_request, response, socket) => {
      if (service.received.length === 1) socket.resetAndDestroy();
      else response.end("done");
    };
    expect(await ask(method, "/api/goods", { headers })).toMatchObject({ status: 200, text: "done" });
    expect(service.received).toHaveLength(2);
    expect(service.received[1]).toMatchObject({ ...service.received[0], headers: { ...headers } });
    expect(retries).toBe(1);
  });

  test("connection that breaks half way through the answer: GET is sent again and answered whole", async () => {
    service.behave = (_request, response, socket) => {
      if (service.received.length > 1) response.end("whole");
      else response.writeHead(200, { "content-length": "9" }).write("half", () => socket.destroy());
    };
    expect(await ask("GET", "/api/goods")).toMatchObject({ status: 200, text: "whole" });
  });

  test("connection that breaks: POST without a key is not sent again, and the caller is told to look", async () => {
    service.behave = (_request, _response, socket) => socket.resetAndDestroy();
    const answer = await ask("POST", "/api/goods", { body: "{}" });
    expect(answer).toMatchObject(problem("upstream-reset", 502));
    expect(answer.body.detail).toContain("Idempotency-Key");
    expect(service.received).toHaveLength(1);
  });

  test("away for a moment: even POST without a key goes through, because nothing had been sent", async () => {
    const { port } = service;
    await service.close();
    const answer = ask("POST", "/api/goods", { body: "{}" });
    service = new StandIn();
    await service.listen(port);
    expect(await answer).toMatchObject({ status: 200 });
    expect(service.received).toHaveLength(1);
  });

  test("away: 503, and after a while without asking again", async () => {
    await service.close();
    const first = await ask("GET", "/api/goods");
    expect(first).toMatchObject(problem("unavailable", 503));
    expect(first.headers["retry-after"]).toBe("1");
    await Promise.all(Array.from({ length: 20 }, () => ask("GET", "/api/goods")));
    const before = retries;
    const stopped = await ask("GET", "/api/goods");
    expect(stopped).toMatchObject(problem("unavailable", 503));
    expect(stopped.body.detail).toContain("left alone");
    expect(retries).toBe(before);
    service = new StandIn();
    await service.listen();
  });
});

describe("whatever comes in", () => {
  /** Sends bytes as they are and reads the status codes of all answers until the connection ends. */
  const sendRaw = (bytes: string) =>
    new Promise<string[]>((resolve) => {
      let text = "";
      const socket = connect(Number(new URL(origin).port), "127.0.0.1", () => socket.end(bytes, "latin1"));
      socket.on("data", (data) => {
        text += data.toString("latin1");
      });
      socket.on("error", () => {});
      socket.on("close", () =>
        resolve([...text.matchAll(/HTTP\/1\.1 (\d{3})/g)].map((match) => match[1] ?? "")),
      );
    });

  test.each([
    [
      "both lengths",
      "POST /api/goods HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    ],
    [
      "two lengths",
      "POST /api/goods HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\nabcde",
    ],
    [
      "a folded encoding",
      "POST /api/goods HTTP/1.1\r\nHost: x\r\nTransfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n",
    ],
    [
      "an odd encoding",
      "POST /api/goods HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    ],
    ["a space before the colon", "POST /api/goods HTTP/1.1\r\nHost: x\r\nContent-Length : 4\r\n\r\nabcd"],
    ["bare line feeds", "GET /api/goods HTTP/1.1\nHost: x\n\n"],
  ])("a request with %s is refused and not forwarded", async (_name, bytes) => {
    const statuses = await sendRaw(bytes);
    expect(statuses[0]).toBe("400");
    expect(service.received).toEqual([]);
  });

  test("a body that looks like a request stays a body", async () => {
    const inner = "GET /stock/1 HTTP/1.1\r\nHost: x\r\n\r\n";
    await sendRaw(`POST /api/goods HTTP/1.1\r\nHost: x\r\nContent-Length: ${inner.length}\r\n\r\n${inner}`);
    expect(service.received).toMatchObject([{ method: "POST", url: "/goods", body: inner }]);
  });

  test("2,000 bad requests: no server error, and nothing outside the declared prefixes", async () => {
    const piece = fc.oneof(
      fc.constantFrom(
        "/",
        "..",
        ".",
        "%2e",
        "%2f",
        "%00",
        "%",
        "\\",
        ";",
        "//",
        "?",
        "#",
        "goods",
        "stock",
        "api",
      ),
      fc.string({ maxLength: 4 }),
      fc.string({ unit: "binary", maxLength: 2 }),
    );
    const path = fc
      .tuple(fc.constantFrom("/api/goods", "/api/", "/", ""), fc.array(piece, { maxLength: 6 }))
      .map(([start, rest]) => start + rest.join(""));
    const method = fc.constantFrom(
      "GET",
      "POST",
      "PUT",
      "DELETE",
      "PATCH",
      "OPTIONS",
      "HEAD",
      "TRACE",
      "BREW",
    );
    const header = fc.constantFrom(
      "X-A: b",
      "Content-Type: ;;;",
      "Content-Type: application/json",
      "Content-Length: -1",
      "Transfer-Encoding: gzip, chunked",
      "Expect: 100-continue",
      "Connection: x-request-id, close",
      "X-Request-Id: \u00ff\u0001",
      "X-Forwarded-For: ,,,",
      "Idempotency-Key: \u00e9",
      `Cookie: ${"c".repeat(20_000)}`,
    );
    const raw = fc
      .record({
        method,
        path,
        headers: fc.array(header, { maxLength: 3 }),
        body: fc.string({ maxLength: 20 }),
      })
      .map(
        (part) =>
          `${part.method} ${part.path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${part.headers
            .map((line) => `${line}\r\n`)
            .join("")}\r\n${part.body}`,
      );
    const requests = fc.sample(raw, { numRuns: 2000, seed: 20 });
    const statuses: string[] = [];
    for (let start = 0; start < requests.length; start += 50) {
      const answers = await Promise.all(requests.slice(start, start + 50).map(sendRaw));
      statuses.push(...answers.flat());
    }
    expect(statuses.length).toBeGreaterThan(1500);
    expect(statuses.filter((status) => status.startsWith("5"))).toEqual([]);
    for (const { url } of service.received) expect(url).toMatch(/^\/(goods|offers)($|[/?])/);
  });
});
