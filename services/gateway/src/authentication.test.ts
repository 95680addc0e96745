import { beforeEach, expect, test } from "vitest";
import type { Verification } from "../../chassis/index.ts";
import { bearerToken, createAuthenticator } from "./authentication.ts";

const caller = { id: "019a0000-0000-7000-8000-000000000001", roles: ["customer"] } as const;
let clock = 0;
let verification: Verification;
const authenticator = (tokens?: number) =>
  createAuthenticator(async () => verification, {
    now: () => clock,
    ...(tokens === undefined ? {} : { tokens }),
  });
const until = (expiresAt: number): Verification => ({
  kind: "verified",
  caller,
  sessionId: "019a0000-0000-7000-8000-0000000000ff",
  expiresAt,
});

beforeEach(() => {
  clock = 1_000_000;
  verification = until(1_000_000);
});

test("a token is remembered for a minute, and no longer than it lives", async () => {
  const { recall, verify } = authenticator();
  expect(recall("token")).toBeUndefined();
  expect(await verify("token")).toEqual(caller);
  clock += 59_999;
  expect(recall("token")).toEqual(caller);
  clock += 1;
  expect(recall("token")).toBeUndefined();

  verification = until(clock / 1000 + 10);
  await verify("token");
  clock += 9999;
  expect(recall("token")).toEqual(caller);
  clock += 1;
  expect(recall("token")).toBeUndefined();
});

test("of too many tokens the one that was not used for longest is forgotten", async () => {
  const { recall, verify } = authenticator(3);
  for (const token of ["a", "b", "c"]) await verify(token);
  recall("a");
  await verify("d");
  expect(["a", "b", "c", "d"].filter((token) => recall(token) !== undefined)).toEqual(["a", "c", "d"]);
});

test("a token that is none of ours is an event of security, and one that has only expired is not", async () => {
  const { verify } = authenticator();
  verification = { kind: "invalid" };
  await expect(verify("token")).rejects.toMatchObject({ security: "token-refused" });
  verification = { kind: "expired" };
  await expect(verify("token")).rejects.toMatchObject({ security: undefined });
});

test("what was refused is not remembered", async () => {
  const { recall, verify } = authenticator();
  for (const kind of ["invalid", "expired"] as const) {
    verification = { kind };
    await expect(verify("token")).rejects.toMatchObject({ status: 401 });
    expect(recall("token")).toBeUndefined();
  }
  verification = until(2_000_000);
  expect(await verify("token")).toEqual(caller);
});

test.each([
  ["Bearer a.b-c_d", "a.b-c_d"],
  ["bearer  a.b.c ", "a.b.c"],
  [undefined, undefined],
])("%s holds the token %s", (header, token) => expect(bearerToken(header)).toBe(token));
