import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Front, problem } from "../test/front.ts";

let front: Front;

beforeEach(async () => {
  front = await Front.open();
});
afterEach(() => front.close());

describe("forwards", () => {
  test("method, path, query and body as they are, and the answer with its status, headers and body", async () => {
    front.service.behave = (_request, response) =>
      response
        .writeHead(201, { "content-type": "application/json", location: "/goods/7", etag: '"1"' })
        .end('{"a":1}');
    const answer = await front.ask("POST", "/api/goods?x=%20y", {
      body: '{ "sent" : "as is" }',
      headers: { "content-type": "application/json", "idempotency-key": "k-1", "order-token": "secret" },
    });
    expect(answer).toMatchObject({
      status: 201,
      body: { a: 1 },
      headers: { location: "/api/goods/7", etag: '"1"' },
    });
    expect(front.service.received).toMatchObject([
      {
        method: "POST",
        url: "/goods?x=%20y",
        body: '{ "sent" : "as is" }',
        headers: { "idempotency-key": "k-1", "order-token": "secret", "content-type": "application/json" },
      },
    ]);
  });

  test("HEAD with the length of what GET would bring", async () => {
    front.service.behave = (_request, response) =>
      response.writeHead(200, { "content-length": "1234" }).end();
    expect(await front.ask("HEAD", "/api/goods/1")).toMatchObject({
      status: 200,
      text: "",
      headers: { "content-length": "1234" },
    });
  });

  test("one request id for all that happens, the caller's where it has one", async () => {
    const own = await front.ask("GET", "/api/goods");
    expect(own.headers["x-request-id"]).toBe(front.service.received[0]?.headers["x-request-id"]);
    const given = await front.ask("GET", "/api/goods", { headers: { "x-request-id": "given-by-caller" } });
    expect(given.headers["x-request-id"]).toBe("given-by-caller");
    expect(front.service.received[1]?.headers["x-request-id"]).toBe("given-by-caller");
  });

  test("one trace for all that happens, the caller's where it has one", async () => {
    const traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    await front.ask("GET", "/api/goods", { headers: { traceparent, tracestate: "a=b" } });
    await front.ask("GET", "/api/goods", { headers: { traceparent: "bad", tracestate: "a=b" } });
    await front.ask("GET", "/api/goods");
    const [given, bad, none] = front.service.received.map(({ headers }) => headers);
    expect(given?.traceparent).toBe(traceparent);
    for (const headers of [bad, none]) {
      expect(headers?.traceparent).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-00$/);
    }
    for (const headers of [given, bad, none]) expect(headers?.tracestate).toBeUndefined();
  });

  test("cookies and their changes, and what a cache needs to know", async () => {
    front.service.behave = (_request, response) =>
      response
        .writeHead(304, { "set-cookie": ["cart=1; Path=/api/cart", "b=2"], etag: '"7"', vary: "accept" })
        .end();
    const answer = await front.ask("GET", "/api/goods", {
      headers: { cookie: "cart=0", "if-none-match": '"7"' },
    });
    expect(front.service.received[0]?.headers).toMatchObject({ cookie: "cart=0", "if-none-match": '"7"' });
    expect(answer).toMatchObject({
      status: 304,
      headers: { "set-cookie": ["cart=1; Path=/api/cart", "b=2"], etag: '"7"', vary: "accept" },
    });
  });

  test("the caller's address as the ingress saw it, and no header that a service would trust", async () => {
    await front.ask("GET", "/api/goods", {
      headers: {
        "x-forwarded-for": "10.9.9.9, 203.0.113.7",
        "x-forwarded-proto": "https",
        "x-user-id": "admin",
        "x-real-ip": "10.9.9.9",
        forwarded: "for=10.9.9.9",
        te: "trailers",
      },
    });
    const headers = front.service.received[0]?.headers ?? {};
    expect(headers).toMatchObject({ "x-forwarded-for": "203.0.113.7", "x-forwarded-proto": "https" });
    for (const name of ["x-user-id", "x-real-ip", "forwarded", "te"]) expect(headers[name]).toBeUndefined();
  });

  test("answers with security headers and without what tells of the server behind", async () => {
    front.service.behave = (_request, response) =>
      response
        .writeHead(200, { server: "secret/1.0", "x-powered-by": "secret", "cache-control": "max-age=5" })
        .end("x");
    const { headers } = await front.ask("GET", "/api/goods");
    expect(headers).toMatchObject({ "x-content-type-options": "nosniff", "cache-control": "max-age=5" });
    expect(headers.server).toBeUndefined();
    expect(headers["x-powered-by"]).toBeUndefined();
    expect(headers["access-control-allow-origin"]).toBeUndefined();
  });
});

describe("answers by itself", () => {
  test.each([
    "/",
    "/goods",
    "/openapi.json",
    "/api/goods/",
    "/api/stock/1",
    "/api/reservations/1",
    "/api/goods/%2e%2e/stock",
    "/api/goodsx",
    "/api/GOODS",
  ])("404 for %s", async (path) => {
    expect(await front.ask("GET", path)).toMatchObject(problem("unknown-route", 404));
    expect(front.service.received).toEqual([]);
  });

  test("404 for a preflight: no other origin may call", async () => {
    const headers = { origin: "https://elsewhere.example", "access-control-request-method": "POST" };
    const answer = await front.ask("OPTIONS", "/api/goods", { headers });
    expect(answer.status).toBe(404);
    expect(answer.headers["access-control-allow-origin"]).toBeUndefined();
  });

  test("413 for a body that is too large", async () => {
    const answer = await front.ask("POST", "/api/goods", { body: Buffer.alloc(1024 * 1024) });
    expect(answer).toMatchObject(problem("body-too-large", 413));
    expect(front.service.received).toEqual([]);
  });
});
