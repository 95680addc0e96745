import { expect, test } from "vitest";
import { readCookie, writeCookie } from "./cookies.ts";

test.each([
  ["a=1; refresh=token; b=2", "token"],
  ["refresh=first; refresh=second", "first"],
  ["refresh=with=sign", "with=sign"],
  ["xrefresh=1", undefined],
  ["refresh", undefined],
  ["=refresh", undefined],
  ["", undefined],
  [undefined, undefined],
])("%j has the cookie %j", (cookie, value) => {
  expect(readCookie({ headers: { cookie } }, "refresh")).toBe(value);
});

const written = (headers: Record<string, string>) =>
  writeCookie({ headers }, "refresh", "token", { path: "/api/sessions", maxAge: 60, sameSite: "Strict" });

test("a cookie is for one path, not for scripts, and for HTTPS only where that is spoken", () => {
  const cookie = "refresh=token; Path=/api/sessions; Max-Age=60; HttpOnly; SameSite=Strict";
  expect(written({})).toBe(cookie);
  expect(written({ "x-forwarded-proto": "http" })).toBe(cookie);
  expect(written({ "x-forwarded-proto": "https" })).toBe(`${cookie}; Secure`);
});
