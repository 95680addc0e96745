/** HAProxy with the configuration that is rendered for it, in front of servers on this machine. */

import { once } from "node:events";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { ensurePrograms } from "../../../test/support/debian.ts";
import { Backend, Balancer, freePorts } from "../../../test/support/haproxy.ts";
import type { FrontendArgs, ServerArgs } from "./args.ts";

/** So long that no check notices within a test what the requests themselves have to cope with. */
const UNNOTICED = { intervalSeconds: 3600 };
const QUICK = { path: "/ready", intervalSeconds: 0.1 };

let port: number;
let metricsPort: number;
let a: Backend;
let b: Backend;
let balancer: Balancer | undefined;

beforeAll(() => ensurePrograms({ haproxy: "/usr/sbin/haproxy" }));
beforeEach(async () => {
  [port = 0, metricsPort = 0] = await freePorts(2);
  a = await new Backend("a").start();
  b = await new Backend("b").start();
});
afterEach(async () => {
  await balancer?.stop();
  balancer = undefined;
  await Promise.all([a.stop(), b.stop()]);
});

const settings = (servers: ServerArgs[], frontend: Partial<FrontendArgs> = {}) => ({
  frontends: [{ name: "shop", port, servers, ...frontend }],
  metricsPort,
});
const start = async (servers: ServerArgs[], frontend?: Partial<FrontendArgs>) => {
  balancer = await Balancer.start(settings(servers, frontend));
  return balancer;
};
const ask = (path = "/", init?: RequestInit) => fetch(`http://127.0.0.1:${port}${path}`, init);

/** Asks one after the other and counts who answered; an answer that is not 200 counts as its status. */
async function answers(count: number, init?: RequestInit): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (let index = 0; index < count; index += 1) {
    const response = await ask("/", init);
    const who = response.ok ? await response.text() : String(response.status);
    counts[who] = (counts[who] ?? 0) + 1;
  }
  return counts;
}

describe("shares requests out", () => {
  test("in turn", async () => {
    await start([a.server(), b.server()]);
    expect(await answers(100)).toEqual({ a: 50, b: 50 });
  });

  test("by weight", async () => {
    await start([a.server(3), b.server(1)]);
    expect(await answers(200)).toEqual({ a: 150, b: 50 });
  });

  test("not to a server without weight", async () => {
    await start([a.server(0), b.server(1)]);
    expect(await answers(20)).toEqual({ b: 20 });
  });

  test("to the one that has least to do", async () => {
    await start([a.server(), b.server()], { balance: "leastconn" });
    // Several, because HAProxy counts an answered request for a moment longer than its caller waits for it.
    const slow = Array.from({ length: 8 }, () => ask("/hold"));
    await expect.poll(() => a.held.length + b.held.length).toBe(slow.length);
    expect(a.held).toHaveLength(b.held.length);
    for (const response of b.held) response.end(b.name);
    expect(await answers(50)).toEqual({ b: 50 });
    for (const response of a.held) response.end(a.name);
    const texts = await Promise.all(slow.map(async (response) => (await response).text()));
    expect(texts.sort()).toEqual([...Array(4).fill("a"), ...Array(4).fill("b")]);
    // With nothing to do they are equals again.
    expect(Object.keys(await answers(10)).sort()).toEqual(["a", "b"]);
  });
});

describe("a server that dies", () => {
  test("costs no request, though no check has noticed yet", async () => {
    await start([a.server(), b.server()], { health: UNNOTICED });
    expect(await answers(10)).toEqual({ a: 5, b: 5 });
    await a.stop();
    expect(await answers(40)).toEqual({ b: 40 });
    // It never got through, so it is safe to send an order, too, to the other one.
    expect(await answers(40, { method: "POST", body: "{}" })).toEqual({ b: 40 });
  });

  test("is taken out, and comes back", async () => {
    const haproxy = await start([a.server(), b.server()], { health: QUICK });
    await a.stop();
    await haproxy.untilServer("shop", "a", "DOWN");
    expect(await answers(40)).toEqual({ b: 40 });
    await a.start();
    await haproxy.untilServer("shop", "a", "UP");
    expect(await answers(40)).toEqual({ a: 20, b: 20 });
  });

  test("is taken out as well if it still takes connections", async () => {
    const haproxy = await start([a.server(), b.server()], { health: QUICK });
    a.health = 503;
    await haproxy.untilServer("shop", "a", "DOWN");
    expect(await answers(40)).toEqual({ b: 40 });
    expect(a.asked).toEqual([]);
  });

  test("half way through reading: the other one is asked", async () => {
    await start([a.server(), b.server()], { health: UNNOTICED });
    // One after the other, so that whose turn it is does not depend on who is faster.
    for (const asked of [1, 2]) {
      expect(await (await ask("/die-on-a")).text()).toBe("b");
      expect(a.asked).toHaveLength(asked);
    }
  });

  test("half way through writing: nothing is done twice", async () => {
    await start([a.server(), b.server()], { health: UNNOTICED });
    const got = await Promise.all([1, 2].map(() => ask("/die-on-a", { method: "POST", body: "{}" })));
    expect(got.map(({ status }) => status).sort()).toEqual([200, 502]);
    expect([a.asked, b.asked]).toEqual([["POST /die-on-a"], ["POST /die-on-a"]]);
  });
});

test("all servers gone: 503 at once, and back as soon as one is", async () => {
  const haproxy = await start([a.server()], { health: QUICK });
  await a.stop();
  await haproxy.untilServer("shop", "a", "DOWN");
  expect((await ask()).status).toBe(503);
  await a.start();
  await haproxy.untilServer("shop", "a", "UP");
  expect(await answers(5)).toEqual({ a: 5 });
});

test("connections that are not HTTP are shared out, and end with their server", async () => {
  const haproxy = await start([a.server(), b.server()], { mode: "tcp", health: QUICK });
  const once1 = { headers: { connection: "close" } };
  expect(await answers(20, once1)).toEqual({ a: 10, b: 10 });
  const socket = connect(port, "127.0.0.1");
  socket.write("GET /hold HTTP/1.1\r\nhost: shop\r\n\r\n");
  await expect.poll(() => a.held.length + b.held.length).toBe(1);
  const [busy] = a.held.length === 1 ? [a] : [b];
  busy.health = 503;
  const closed = once(socket, "close");
  await haproxy.untilServer("shop", busy.name, "DOWN");
  await closed;
});

test("a reload loses no request", async () => {
  const haproxy = await start([a.server()]);
  let running = true;
  const failures: unknown[] = [];
  const clients = Array.from({ length: 4 }, async () => {
    while (running) {
      try {
        // A connection for each, so that every moment of the reload sees new ones.
        const response = await ask("/", { headers: { connection: "close" } });
        if (response.status !== 200) failures.push(response.status);
        await response.text();
      } catch (error) {
        failures.push(error);
      }
    }
  });
  for (const servers of [[b.server()], [a.server()], [b.server()]]) {
    await haproxy.reload(settings(servers));
  }
  running = false;
  await Promise.all(clients);
  expect(failures).toEqual([]);
  expect(await answers(10)).toEqual({ b: 10 });
});

test("says who is calling, whatever the caller says", async () => {
  await start([a.server()]);
  await ask("/", { headers: { "x-forwarded-for": "10.9.9.9", "x-forwarded-proto": "https" } });
  expect(a.headers).toMatchObject({ "x-forwarded-for": "127.0.0.1", "x-forwarded-proto": "http" });
});

test("metrics and health can be read on the machine", async () => {
  await start([a.server()]);
  const read = async (path: string) => (await fetch(`http://127.0.0.1:${metricsPort}${path}`)).text();
  expect(await read("/metrics")).toMatch(/^haproxy_server_status\{proxy="shop",server="a",state="UP"\} 1$/m);
  expect((await fetch(`http://127.0.0.1:${metricsPort}/healthz`)).status).toBe(200);
  expect((await fetch(`http://127.0.0.1:${metricsPort}/`)).status).toBe(404);
});

test("clients that send their headers too slowly are sent away", async () => {
  balancer = await Balancer.start({ ...settings([a.server()]), timeouts: { requestSeconds: 0.1 } });
  const socket = connect(port, "127.0.0.1");
  socket.write("GET / HTTP/1.1\r\n");
  expect(await text(socket)).toContain("408 Request Time-out");
});
