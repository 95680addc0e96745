import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo, Server } from "node:net";
import { afterEach, expect, test } from "vitest";
import { openFront } from "./front.ts";
import { freePort } from "./ports.ts";

const open: Server[] = [];
afterEach(() => {
  for (const server of open.splice(0)) server.close();
});

const portOf = (server: Server) => (server.address() as AddressInfo).port;

/** A service that answers with its name, what it was asked, and what it was sent. */
async function service(name: string): Promise<number> {
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    response.setHeader("set-cookie", ["a=1", "b=2"]);
    response.end(
      `${name} ${request.method} ${request.url} ${request.headers["x-forwarded-for"]} ${body}`.trim(),
    );
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  open.push(server);
  return portOf(server);
}

async function front(routes: Parameters<typeof openFront>[1]): Promise<string> {
  const server = await openFront(0, routes);
  open.push(server);
  return `http://127.0.0.1:${portOf(server)}`;
}

test("each path goes to its service, the longest that fits first", async () => {
  const routes = [
    { path: "/", port: await service("shop") },
    { path: "/api", port: await service("gateway") },
  ];
  const origin = await front(routes);
  const ask = async (path: string, init?: RequestInit) => (await fetch(origin + path, init)).text();
  expect(await ask("/api/orders?x=1", { method: "POST", body: "an order" })).toBe(
    "gateway POST /api/orders?x=1 127.0.0.1 an order",
  );
  expect(await ask("/api")).toBe("gateway GET /api 127.0.0.1");
  expect(await ask("/apiary")).toBe("shop GET /apiary 127.0.0.1");
});

test("answers keep their headers, repeated ones too", async () => {
  const origin = await front([{ path: "/", port: await service("shop") }]);
  expect((await fetch(origin)).headers.getSetCookie()).toEqual(["a=1", "b=2"]);
});

test("a service that is away is told, and a path of nobody's is 404", async () => {
  const origin = await front([{ path: "/api", port: await freePort() }]);
  expect((await fetch(`${origin}/api`)).status).toBe(503);
  expect((await fetch(`${origin}/`)).status).toBe(404);
});
