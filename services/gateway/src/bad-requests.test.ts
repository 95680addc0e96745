import { connect } from "node:net";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Front } from "../test/front.ts";

let front: Front;

beforeEach(async () => {
  front = await Front.open({ origins: ["https://shop.example"] });
});
afterEach(() => front.close());

describe("whatever comes in", () => {
  /** Sends bytes as they are and reads the status codes of all answers until the connection ends. */
  const sendRaw = (bytes: string) =>
    new Promise<string[]>((resolve) => {
      let text = "";
      const socket = connect(Number(new URL(front.origin).port), "127.0.0.1", () =>
        socket.end(bytes, "latin1"),
      );
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
    expect(front.service.received).toEqual([]);
  });

  test("a body that looks like a request stays a body", async () => {
    const inner = "GET /stock/1 HTTP/1.1\r\nHost: x\r\n\r\n";
    await sendRaw(`POST /api/goods HTTP/1.1\r\nHost: x\r\nContent-Length: ${inner.length}\r\n\r\n${inner}`);
    expect(front.service.received).toMatchObject([{ method: "POST", url: "/goods", body: inner }]);
  });

  test("10,000 bad requests: no server error, and nothing outside the declared prefixes", {
    timeout: 120_000,
  }, async () => {
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
      "Authorization: Bearer a.b.c",
      "Authorization: \u00ff",
      "Origin: https://shop.example",
      "Access-Control-Request-Method: \u00ff",
      "X-Caller-Id: 019a0000-0000-7000-8000-000000000001",
      "Traceparent: 00-0-0-0",
      "If-None-Match: *",
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
    const requests = fc.sample(raw, { numRuns: 10_000, seed: 20 });
    const statuses: string[] = [];
    for (let start = 0; start < requests.length; start += 50) {
      const answers = await Promise.all(requests.slice(start, start + 50).map(sendRaw));
      statuses.push(...answers.flat());
    }
    expect(statuses.length).toBeGreaterThan(7500);
    expect(statuses.filter((status) => status.startsWith("5"))).toEqual([]);
    // What has no request id are the gateway's own questions, which nobody has a say in.
    const forwarded = front.service.received.filter(({ headers }) => headers["x-request-id"] !== undefined);
    expect(forwarded.length).toBeGreaterThan(0);
    for (const { url, headers } of forwarded) {
      expect(headers["x-caller-id"]).toBeUndefined();
      expect(url).toMatch(/^\/(goods|offers)($|[/?])/);
    }
  });
});
