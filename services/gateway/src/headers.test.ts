import type { IncomingHttpHeaders } from "node:http";
import fc from "fast-check";
import { expect, test } from "vitest";
import { CALLER_HEADERS } from "../../contracts/identity.ts";
import { Front } from "../test/front.ts";
import { PASSED_ON, requestHeaders } from "./headers.ts";

const facts = {
  requestId: "request-1",
  address: "203.0.113.7",
  host: "shop.example",
  protocol: "https",
  caller: undefined,
};
const TOLD = ["x-request-id", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto"];
const INTERNAL = [
  CALLER_HEADERS.id,
  CALLER_HEADERS.roles,
  "x-user-id",
  "authorization",
  "forwarded",
  "x-real-ip",
  "x-original-url",
  "x-http-method-override",
  "host",
  "connection",
  "te",
];

/** Names of internal headers as somebody would write them who hopes that a server reads them alike. */
const oddSpelling = fc
  .tuple(
    fc.constantFrom(...INTERNAL),
    fc.constantFrom("-", "_", "--", "-_"),
    fc.boolean(),
    fc.constantFrom("", " ", "\t", "-"),
  )
  .map(([name, dash, upper, end]) => {
    const spelt = name.replaceAll("-", dash) + end;
    return upper ? spelt.toUpperCase() : spelt;
  });
const value = fc.oneof(fc.string(), fc.array(fc.string(), { maxLength: 3 }));
const received: fc.Arbitrary<IncomingHttpHeaders> = fc.dictionary(
  fc.oneof(
    oddSpelling,
    fc.constantFrom(...INTERNAL, ...PASSED_ON, ...TOLD, "traceparent", "tracestate"),
    fc.string(),
  ),
  value,
);

test("whatever comes in, a service gets what is on the list and what the gateway itself says, and nothing else", () => {
  const known = new Set([...PASSED_ON, ...TOLD]);
  fc.assert(
    fc.property(received, (headers) => {
      const sent = requestHeaders(headers, facts);
      for (const name of Object.keys(sent)) expect(known).toContain(name);
      expect(sent).toMatchObject({
        "x-request-id": facts.requestId,
        "x-forwarded-for": facts.address,
        "x-forwarded-host": facts.host,
        "x-forwarded-proto": facts.protocol,
      });
      for (const name of PASSED_ON) {
        const passed = typeof headers[name] === "string" ? headers[name] : undefined;
        expect(sent[name]).toBe(passed);
      }
    }),
    { numRuns: 1000 },
  );
});

test("who is logged in is what was verified, whatever else comes in", () => {
  const caller = { id: "019a0000-0000-7000-8000-000000000001", roles: ["customer", "support"] } as const;
  fc.assert(
    fc.property(received, (headers) => {
      expect(requestHeaders(headers, { ...facts, caller })).toMatchObject({
        [CALLER_HEADERS.id]: caller.id,
        [CALLER_HEADERS.roles]: "customer,support",
      });
    }),
  );
});

test("headers that claim to be somebody reach no service, however they are written", async () => {
  const front = await Front.open();
  try {
    await front.ask("GET", "/api/goods", {
      headers: {
        "x-caller-id": ["019a0000-0000-7000-8000-000000000001", "019a0000-0000-7000-8000-000000000002"],
        "X-Caller-Roles": "admin",
        x_caller_id: "019a0000-0000-7000-8000-000000000003",
        "X_CALLER-ROLES": "admin",
        connection: "keep-alive",
      },
    });
    const names = Object.keys(front.service.received[0]?.headers ?? {});
    expect(names).toContain("x-request-id");
    expect(names.filter((name) => /caller/i.test(name))).toEqual([]);
  } finally {
    await front.close();
  }
});
