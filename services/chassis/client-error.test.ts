import { connect } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Api, createApi } from "./api.ts";
import { createMetrics } from "./metrics.ts";
import { silentLog } from "./test/running.ts";

let api: Api;
let port: number;

beforeAll(async () => {
  api = createApi(silentLog, createMetrics());
  api.get<{ Params: { id: string } }>("/things/:id", async ({ params }) => params);
  port = Number(new URL(await api.listen({ port: 0, host: "127.0.0.1" })).port);
});
afterAll(() => api.close());

/** Sends bytes and reads the answer until the connection ends. */
async function send(bytes: string) {
  const socket = connect(port, "127.0.0.1").end(bytes);
  const chunks: Buffer[] = [];
  for await (const chunk of socket) chunks.push(chunk);
  const [head = "", body = ""] = Buffer.concat(chunks).toString().split("\r\n\r\n");
  return { head, body: JSON.parse(body) };
}

test.each([
  ["what is not HTTP", "hello\r\n\r\n", 400, "invalid-request"],
  ["an unknown method", "BREW /things/1 HTTP/1.1\r\nHost: x\r\n\r\n", 400, "invalid-request"],
  ["headers beyond measure", `GET / HTTP/1.1\r\nX: ${"x".repeat(17_000)}\r\n\r\n`, 431, "headers-too-large"],
  [
    "a broken escape",
    "GET /things/%zz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    400,
    "invalid-request",
  ],
  [
    "a parameter beyond measure",
    `GET /things/${"x".repeat(300)} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`,
    414,
    "url-too-long",
  ],
])("%s is answered with a problem", async (_, bytes, status, slug) => {
  const { head, body } = await send(bytes);
  expect(head).toMatch(new RegExp(`^HTTP/1\\.1 ${status} .*content-type: application/problem\\+json`, "is"));
  expect(body).toMatchObject({ status, type: `urn:tradestack:problem:${slug}`, detail: expect.any(String) });
});
