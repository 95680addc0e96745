import { Type } from "typebox";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Api, createApi } from "./api.ts";
import { createLogger } from "./log.ts";
import { createMetrics } from "./metrics.ts";
import { Problem, unavailable } from "./problem.ts";

let api: Api;

beforeAll(() => {
  const log = createLogger("silent", { name: "test", version: "0", pod: "test" });
  api = createApi(log, createMetrics());
  const body = Type.Object(
    { size: Type.Integer({ minimum: 1 }), tags: Type.Array(Type.String()) },
    { additionalProperties: false },
  );
  const querystring = Type.Object({ limit: Type.Integer({ minimum: 1, maximum: 10, default: 5 }) });
  api.post("/things", { schema: { body } }, async (request) => request.body);
  api.get("/things", { schema: { querystring } }, async (request) => request.query);
  api.get("/broken", async () => {
    throw new Error("password=hunter2");
  });
  api.get("/away", async () => {
    throw unavailable("The database");
  });
  api.get("/refused", async () => {
    throw new Problem({
      status: 409,
      slug: "out-of-stock",
      title: "Out of stock",
      extensions: { available: 2 },
    });
  });
  api.get("/no-database", async () => {
    throw Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED", syscall: "connect" });
  });
});
afterAll(() => api.close());

const get = (url: string, headers: Record<string, string> = {}) =>
  api.inject({ method: "GET", url, headers });

describe("a request that is not as it must be", () => {
  test("is answered 400 with each field that is wrong, missing or unknown", async () => {
    const payload = { size: "1", tags: ["a", 2], colour: "red" };
    const answer = await api.inject({ method: "POST", url: "/things", payload });
    expect(answer.statusCode).toBe(400);
    expect(answer.headers["content-type"]).toContain("application/problem+json");
    expect(answer.json()).toMatchObject({
      type: "urn:tradestack:problem:invalid-request",
      status: 400,
      errors: expect.arrayContaining([
        { in: "body", pointer: "#/size", detail: "must be integer" },
        { in: "body", pointer: "#/tags/1", detail: "must be string" },
        { in: "body", pointer: "#/colour", detail: "is not a known field" },
      ]),
    });
    const empty = await api.inject({ method: "POST", url: "/things", payload: {} });
    expect(empty.json().errors).toEqual([
      { in: "body", pointer: "#/size", detail: "is missing" },
      { in: "body", pointer: "#/tags", detail: "is missing" },
    ]);
  });

  test.each([
    ["{", "application/json", 400],
    ["<a/>", "application/xml", 415],
    [JSON.stringify({ size: 1, tags: ["x".repeat(70_000)] }), "application/json", 413],
    ['{"__proto__": {"size": 1}}', "application/json", 400],
  ])("%.20s as %s is answered %i", async (payload, type, status) => {
    const answer = await api.inject({
      method: "POST",
      url: "/things",
      payload,
      headers: { "content-type": type },
    });
    expect(answer.statusCode).toBe(status);
    expect(answer.headers["content-type"]).toContain("application/problem+json");
  });

  test("of an unknown route is answered 404", async () => {
    const answer = await get("/nowhere?secret=1");
    expect(answer.statusCode).toBe(404);
    expect(answer.json().detail).toBe("There is no GET /nowhere");
  });
});

test("query values are converted and get their defaults", async () => {
  expect((await get("/things?limit=7")).json()).toEqual({ limit: 7 });
  expect((await get("/things")).json()).toEqual({ limit: 5 });
  expect((await get("/things?limit=11")).statusCode).toBe(400);
});

describe("an error", () => {
  test("that nobody expected tells nothing of itself", async () => {
    const answer = await get("/broken");
    expect(answer.statusCode).toBe(500);
    expect(answer.body).not.toContain("hunter2");
    expect(answer.json()).toMatchObject({ type: "urn:tradestack:problem:internal" });
  });

  test("that is a problem is answered with its members", async () => {
    const answer = await get("/refused");
    expect(answer.statusCode).toBe(409);
    expect(answer.json()).toMatchObject({ title: "Out of stock", available: 2 });
  });

  test.each(["/away", "/no-database"])(
    "of something that is away is 503 with Retry-After: %s",
    async (path) => {
      const answer = await get(path);
      expect(answer.statusCode).toBe(503);
      expect(answer.headers["retry-after"]).toBe("1");
      expect(answer.body).not.toContain("ECONNREFUSED");
    },
  );
});

describe("the request id", () => {
  test("that comes in goes out, also in problems", async () => {
    const answer = await get("/refused", { "x-request-id": "abcdefgh-1" });
    expect(answer.headers["x-request-id"]).toBe("abcdefgh-1");
    expect(answer.json().instance).toBe("abcdefgh-1");
  });

  test.each(["short", "with space in it", "x".repeat(200)])("%.20s is replaced", async (id) => {
    const answer = await get("/things", { "x-request-id": id });
    expect(answer.headers["x-request-id"]).not.toBe(id);
  });
});
