import type { ServerResponse } from "node:http";
import { expect, test } from "vitest";
import { Front, people, problem } from "../test/front.ts";
import { StandIn } from "../test/stand-in.ts";
import { IN_FLIGHT_LIMIT } from "./upstream.ts";

test("a service that hangs fills its own share; what is more is turned away at once, and others answer as ever", async () => {
  const TOO_MANY = 40;
  const hanging = new StandIn();
  const held: ServerResponse[] = [];
  hanging.behave = (_request, response) => held.push(response);
  const front = await Front.open({ beside: { service: people, standIn: hanging } });
  try {
    const answered: Awaited<ReturnType<Front["ask"]>>[] = [];
    const asked = Array.from({ length: IN_FLIGHT_LIMIT + TOO_MANY }, async () => {
      answered.push(await front.ask("GET", "/api/orders"));
    });
    await expect.poll(() => answered.length, { timeout: 20_000 }).toBe(TOO_MANY);
    for (const answer of answered) {
      expect(answer).toMatchObject(problem("unavailable", 503));
      expect(answer.headers["retry-after"]).toBe("1");
    }
    expect(front.turnedAway).toBe(TOO_MANY);

    const others = await Promise.all(Array.from({ length: 200 }, () => front.ask("GET", "/api/goods")));
    expect(others.map(({ status }) => status)).toEqual(others.map(() => 200));
    // Nothing of the service that hangs has moved meanwhile.
    expect(answered).toHaveLength(TOO_MANY);

    hanging.behave = (_request, response) => response.end("late");
    for (const response of held) response.end("late");
    await Promise.all(asked);
    const late = answered.slice(TOO_MANY);
    expect(late.map(({ text }) => text)).toEqual(late.map(() => "late"));
    expect(await front.ask("GET", "/api/orders")).toMatchObject({ status: 200 });
  } finally {
    await hanging.close();
    await front.close();
  }
});
