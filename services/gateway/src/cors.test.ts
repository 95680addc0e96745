import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Front } from "../test/front.ts";
import { origins } from "./cors.ts";

const SHOP = "https://shop.example";
const ADMIN = "https://admin.example:8443";
let front: Front;

beforeAll(async () => {
  front = await Front.open({ origins: [SHOP, ADMIN] });
});
afterAll(() => front.close());

const corsHeaders = (headers: object) =>
  Object.entries(headers).filter(([name]) => name.startsWith("access-control-"));

describe("pages of a listed origin", () => {
  test("get their preflight answered, and no service sees it", async () => {
    const before = front.service.received.length;
    const answer = await front.ask("OPTIONS", "/api/goods", {
      headers: { origin: ADMIN, "access-control-request-method": "PUT" },
    });
    expect(answer).toMatchObject({
      status: 204,
      text: "",
      headers: {
        "access-control-allow-origin": ADMIN,
        "access-control-allow-credentials": "true",
        "access-control-allow-methods": expect.stringContaining("PUT"),
        "access-control-allow-headers": expect.stringContaining("idempotency-key"),
        vary: "Origin",
      },
    });
    expect(front.service.received).toHaveLength(before);
  });

  test("may read answers, problems included, and caches keep origins apart", async () => {
    front.service.behave = (_request, response) =>
      response.writeHead(200, { vary: "accept-language", "access-control-allow-origin": "*" }).end("x");
    for (const path of ["/api/goods", "/api/nowhere"]) {
      const { headers } = await front.ask("GET", path, { headers: { origin: SHOP } });
      expect(headers).toMatchObject({
        "access-control-allow-origin": SHOP,
        "access-control-allow-credentials": "true",
        "access-control-expose-headers": expect.stringContaining("retry-after"),
      });
      expect(headers.vary).toBe(path === "/api/goods" ? "accept-language, Origin" : "Origin");
    }
  });
});

test("any other origin is told nothing, whatever it looks like, and neither is a request without one", async () => {
  const near = fc.constantFrom(
    "null",
    "*",
    "http://shop.example",
    "https://shop.example.evil.example",
    "https://evilshop.example",
    "https://shop.example:444",
    "https://shop.example/",
    "HTTPS://SHOP.EXAMPLE",
    "https://admin.example",
    `${SHOP},${ADMIN}`,
    `${SHOP} ${ADMIN}`,
  );
  const any = fc.stringMatching(/^[!-~]{1,30}$/).filter((text) => text !== SHOP && text !== ADMIN);
  await fc.assert(
    fc.asyncProperty(
      fc.option(fc.oneof(near, any), { nil: undefined }),
      fc.boolean(),
      async (origin, asks) => {
        const headers = {
          ...(origin === undefined ? {} : { origin }),
          ...(asks ? { "access-control-request-method": "POST" } : {}),
        };
        const answer = await front.ask(asks ? "OPTIONS" : "GET", "/api/goods", { headers });
        expect(answer.status).toBe(asks ? 404 : 200);
        expect(corsHeaders(answer.headers)).toEqual([]);
        expect(answer.headers.vary).toContain("Origin");
      },
    ),
    { numRuns: 300 },
  );
});

test("without listed origins no answer says anything of the kind", async () => {
  const closed = await Front.open();
  try {
    const { headers } = await closed.ask("GET", "/api/goods", { headers: { origin: SHOP } });
    expect(corsHeaders(headers)).toEqual([]);
    expect(headers.vary).toBeUndefined();
  } finally {
    await closed.close();
  }
});

describe("the setting", () => {
  test("lists exact origins", () => {
    expect(origins().parse(`${SHOP}, ${ADMIN}`)).toEqual(new Set([SHOP, ADMIN]));
    expect(origins().fallback).toEqual(new Set());
  });

  test.each([
    "*",
    "null",
    "shop.example",
    `${SHOP}/`,
    `${SHOP}/path`,
    "https://*.example",
    "HTTPS://shop.example",
    `${SHOP},`,
  ])("refuses %s", (text) => expect(() => origins().parse(text)).toThrow("exact origins"));
});
