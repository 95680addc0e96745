import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createMetrics } from "../../chassis/metrics.ts";
import { balanced } from "../test/balanced.ts";
import { Front, goods, people, problem } from "../test/front.ts";
import { StandIn } from "../test/stand-in.ts";
import { ANSWER_LIMIT } from "./exchange.ts";
import { openUpstream } from "./upstream.ts";

let front: Front;

beforeEach(async () => {
  front = await Front.open();
});
afterEach(() => front.close());

describe("a service that misbehaves", () => {
  test("too slow: 503 in time, and when to try again", async () => {
    front.service.behave = () => {};
    const answer = await front.ask("GET", "/api/goods");
    expect(answer).toMatchObject(problem("upstream-timeout", 503));
    expect(answer.headers["retry-after"]).toBe("1");
    expect(front.service.received).toHaveLength(1);
  });

  test("too slow with what must not be done twice: 504, and nothing that says to try again", async () => {
    front.service.behave = () => {};
    const answer = await front.ask("POST", "/api/goods", { body: "{}" });
    expect(answer).toMatchObject(problem("upstream-timeout", 504));
    expect(answer.headers["retry-after"]).toBeUndefined();
    expect(answer.body.detail).toContain("Idempotency-Key");
  });

  test("stuck in the middle of its answer: 503 in time", async () => {
    front.service.behave = (_request, response) =>
      void response.writeHead(200, { "content-length": "9" }).write("half");
    expect(await front.ask("GET", "/api/goods")).toMatchObject(problem("upstream-timeout", 503));
  });

  test("endless answer: 502", async () => {
    front.service.behave = (_request, response) => {
      const more = () => {
        while (!response.destroyed && response.write(Buffer.alloc(ANSWER_LIMIT / 4)));
      };
      response.on("drain", more);
      more();
    };
    const answer = await front.ask("GET", "/api/goods");
    expect(answer).toMatchObject(problem("upstream-answer-too-large", 502));
    expect(answer.headers["retry-after"]).toBeUndefined();
  });

  test("failure without words: the same status as a problem, nothing of its insides", async () => {
    front.service.behave = (_request, response) =>
      response.writeHead(500).end("Error: secret at internals.js:1");
    const answer = await front.ask("GET", "/api/goods");
    expect(answer).toMatchObject(problem("upstream-failed", 500));
    expect(answer.text).not.toContain("secret");
  });

  test("failure in its own words: passed on", async () => {
    const own = JSON.stringify({ type: "urn:tradestack:problem:own", status: 503 });
    front.service.behave = (_request, response) =>
      response.writeHead(503, { "content-type": "application/problem+json", "retry-after": "7" }).end(own);
    const answer = await front.ask("GET", "/api/goods");
    expect(answer).toMatchObject({ status: 503, text: own, headers: { "retry-after": "7" } });
  });

  test.each([
    ["GET", {}],
    ["DELETE", {}],
    ["POST", { "idempotency-key": "k-1" }],
  ] as const)("connection that breaks: %s %j is sent again", async (method, headers) => {
    front.service.behave = (_request, response, socket) => {
      if (front.service.received.length === 1) socket.resetAndDestroy();
      else response.end("done");
    };
    expect(await front.ask(method, "/api/goods", { headers })).toMatchObject({ status: 200, text: "done" });
    expect(front.service.received).toHaveLength(2);
    expect(front.service.received[1]).toMatchObject({
      ...front.service.received[0],
      headers: { ...headers },
    });
    expect(front.retries).toBe(1);
  });

  test("connection that breaks half way through the answer: GET is sent again and answered whole", async () => {
    front.service.behave = (_request, response, socket) => {
      if (front.service.received.length > 1) response.end("whole");
      else response.writeHead(200, { "content-length": "9" }).write("half", () => socket.destroy());
    };
    expect(await front.ask("GET", "/api/goods")).toMatchObject({ status: 200, text: "whole" });
  });

  test("connection that breaks: POST without a key is not sent again, and the caller is told to look", async () => {
    front.service.behave = (_request, _response, socket) => socket.resetAndDestroy();
    const answer = await front.ask("POST", "/api/goods", { body: "{}" });
    expect(answer).toMatchObject(problem("upstream-reset", 502));
    expect(answer.headers["retry-after"]).toBeUndefined();
    expect(answer.body.detail).toContain("Idempotency-Key");
    expect(front.service.received).toHaveLength(1);
  });

  test("connection that breaks each time: 503, for the same request may be sent again", async () => {
    front.service.behave = (_request, _response, socket) => socket.resetAndDestroy();
    const answer = await front.ask("GET", "/api/goods");
    expect(answer).toMatchObject(problem("upstream-reset", 503));
    expect(answer.headers["retry-after"]).toBe("1");
  });

  test("connection that breaks: a question for a price is sent again, though it is a POST", async () => {
    const asked = new StandIn();
    asked.behave = (_request, response, socket) => {
      if (asked.received.length === 1) socket.resetAndDestroy();
      else response.end("19.99");
    };
    const shop = await Front.open({ beside: { service: people, standIn: asked } });
    try {
      expect(await shop.ask("POST", "/api/orders/quotes", { body: "{}" })).toMatchObject({ status: 200 });
    } finally {
      await asked.close();
      await shop.close();
    }
  });

  test("away for a moment: even POST without a key goes through, because nothing had been sent", async () => {
    const { port } = front.service;
    await front.service.close();
    const answer = front.ask("POST", "/api/goods", { body: "{}" });
    front.service = new StandIn();
    await front.service.listen(port);
    expect(await answer).toMatchObject({ status: 200 });
    expect(front.service.received).toHaveLength(1);
  });

  test("away: 503, and after a while without asking again", async () => {
    await front.service.close();
    const first = await front.ask("GET", "/api/goods");
    expect(first).toMatchObject(problem("unavailable", 503));
    expect(first.headers["retry-after"]).toBe("1");
    await Promise.all(Array.from({ length: 20 }, () => front.ask("GET", "/api/goods")));
    const before = front.retries;
    const stopped = await front.ask("GET", "/api/goods");
    expect(stopped).toMatchObject(problem("unavailable", 503));
    expect(stopped.body.detail).toContain("left alone");
    expect(front.retries).toBe(before);
    front.service = new StandIn();
    await front.service.listen();
  });
});

test("a replica that is killed in the middle of its work is not noticed", async () => {
  let retries = 0;
  const replicas = [new StandIn(), new StandIn()];
  for (const replica of replicas) {
    await replica.listen();
    replica.behave = (_request, response) => void setTimeout(() => response.end("done"), 5);
  }
  const [victim, survivor] = replicas.map(({ port }) => port);
  const service = await balanced([Number(victim), Number(survivor)]);
  const counters = {
    duration: createMetrics().callDuration,
    retried: () => retries++,
    turnedAway: () => {},
  };
  const connections = openUpstream(goods, service.origin, counters);
  try {
    const shopper = async (index: number) => {
      if (index === 165) service.kill(Number(victim));
      const method = index % 2 ? "POST" : "GET";
      return connections.send({ method, path: "/goods", headers: {}, body: null }, true);
    };
    const answers: number[] = [];
    for (let start = 0; start < 300; start += 30) {
      const batch = Array.from({ length: 30 }, (_, index) => shopper(start + index));
      answers.push(...(await Promise.all(batch)).map(({ status }) => status));
    }
    expect(answers).toEqual(Array.from({ length: 300 }, () => 200));
    expect(retries).toBeGreaterThan(0);
  } finally {
    await connections.close();
    await service.close();
    for (const replica of replicas) await replica.close();
  }
});
