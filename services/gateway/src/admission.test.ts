import { afterEach, describe, expect, test } from "vitest";
import type { Verification } from "../../chassis/index.ts";
import { Front, limits, people, problem } from "../test/front.ts";
import { StandIn } from "../test/stand-in.ts";

const ADA = "019a0000-0000-7000-8000-000000000001";
let front: Front;
/** Tokens that the verifier was asked about. */
let asked: string[] = [];

afterEach(() => front.close());

const verified = (expiresAt = Date.now() / 1000 + 600): Verification => ({
  kind: "verified",
  caller: { id: ADA, roles: ["customer", "support"] },
  sessionId: "019a0000-0000-7000-8000-0000000000ff",
  expiresAt,
});

async function open(verification: Verification): Promise<StandIn> {
  asked = [];
  const standIn = new StandIn();
  front = await Front.open({
    verify: async (token) => {
      asked.push(token);
      return verification;
    },
    beside: { service: people, standIn },
  });
  return standIn;
}
const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } });

describe("a request with an access token", () => {
  test("goes on in the name of who it belongs to, without the token", async () => {
    await open(verified());
    expect(await front.ask("GET", "/api/goods", bearer("a.b.c"))).toMatchObject({ status: 200 });
    const headers = front.service.received[0]?.headers;
    expect(headers).toMatchObject({ "x-caller-id": ADA, "x-caller-roles": "customer,support" });
    expect(headers?.authorization).toBeUndefined();
  });

  test("is verified once in a while, each token by itself", async () => {
    await open(verified());
    for (const token of ["a.b.c", "a.b.c", "a.b.d", "a.b.c"])
      await front.ask("GET", "/api/goods", bearer(token));
    expect(asked).toEqual(["a.b.c", "a.b.d"]);
    expect(front.service.received).toHaveLength(4);
  });

  test("is verified each time where the token's time is over", async () => {
    await open(verified(Date.now() / 1000 - 1));
    for (let count = 0; count < 3; count++) await front.ask("GET", "/api/goods", bearer("a.b.c"));
    expect(asked).toHaveLength(3);
  });

  test.each(["expired", "invalid"] as const)(
    "is answered 401 where it is %s, and goes nowhere",
    async (kind) => {
      await open({ kind });
      const answer = await front.ask("GET", "/api/goods", bearer("a.b.c"));
      expect(answer).toMatchObject(problem("invalid-token", 401));
      expect(answer.headers["www-authenticate"]).toBe('Bearer error="invalid_token"');
      expect(front.service.received).toEqual([]);
    },
  );

  test.each(["", "Bearer", "Bearer ", "Basic YTpi", "Bearer a b", "Bearer a,b", "a.b.c"])(
    "is answered 401 where the header is %j: who means to be somebody is not taken for nobody",
    async (authorization) => {
      await open(verified());
      const answer = await front.ask("GET", "/api/goods", { headers: { authorization } });
      expect(answer).toMatchObject(problem("invalid-token", 401));
      expect(asked).toEqual([]);
      expect(front.service.received).toEqual([]);
    },
  );

  test("is answered 503 while nobody can tell, and others go on", async () => {
    await open({ kind: "keys-unavailable", cause: new Error("away") });
    const answer = await front.ask("GET", "/api/goods", bearer("a.b.c"));
    expect(answer).toMatchObject(problem("unavailable", 503));
    expect(answer.headers["retry-after"]).toBe("1");
    expect(await front.ask("GET", "/api/goods")).toMatchObject({ status: 200 });
  });
});

describe("limits", () => {
  /** What each request took from, until one that is too many. */
  const taken: string[][] = [];
  const watch = () => {
    taken.length = 0;
    front.rateLimiter = async (allowances) => {
      taken.push(allowances.map(({ limit, unit }) => `${limit.name} ${unit}`));
      return undefined;
    };
  };
  const from = { "x-forwarded-for": "2001:db8::1" };
  const NETWORK = "2001:db8:0:0::/64";

  test("hold for addresses and accounts, and for what is costly", async () => {
    await open(verified());
    watch();
    const loggedIn = { headers: { ...from, authorization: "Bearer a.b.c" } };
    await front.ask("GET", "/api/goods", { headers: from });
    await front.ask("POST", "/api/sessions?x=1", { headers: from });
    await front.ask("POST", "/api/sessions/refresh", { headers: from });
    await front.ask("POST", "/api/orders", { headers: from });
    await front.ask("GET", "/api/orders", { headers: from });
    // The first time it is verified only after its address has paid for it.
    await front.ask("GET", "/api/goods", loggedIn);
    await front.ask("POST", "/api/orders", loggedIn);
    expect(taken).toEqual([
      [`address ${NETWORK}`],
      [`address ${NETWORK}`, `credentials ${NETWORK}`],
      [`address ${NETWORK}`],
      [`address ${NETWORK}`, `orders ${NETWORK}`],
      [`address ${NETWORK}`],
      [`address ${NETWORK}`],
      [`account ${ADA}`],
      [`address ${NETWORK}`, `account ${ADA}`, `orders ${ADA}`],
    ]);
  });

  test("that are used up are told with the time to wait", async () => {
    const standIn = await open(verified());
    front.rateLimiter = async () => ({ limit: limits.orders, waitMs: 700 });
    const answer = await front.ask("POST", "/api/orders");
    expect(answer).toMatchObject(problem("too-many-requests", 429));
    expect(answer.body.limit).toBe("orders");
    expect(answer.headers).toMatchObject({
      "retry-after": "1",
      ratelimit: '"orders";r=0;t=1',
      "ratelimit-policy": '"orders";q=2;w=2',
    });
    expect(front.limited).toEqual(["orders"]);
    expect(standIn.received).toEqual([]);
  });

  test("of an address that are used up keep its tokens from being verified", async () => {
    await open(verified());
    front.rateLimiter = async ([first]) => first && { limit: first.limit, waitMs: 1 };
    expect(await front.ask("GET", "/api/goods", bearer("a.b.c"))).toMatchObject({ status: 429 });
    expect(asked).toEqual([]);
  });
});
