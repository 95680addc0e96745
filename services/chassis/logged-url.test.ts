import { expect, test } from "vitest";
import { loggedUrl } from "./logged-url.ts";

test.each([
  ["/orders/018f0000-0000-7000-8000-000000000001", "/orders/018f0000-0000-7000-8000-000000000001"],
  ["/accounts?email=robin@example.org", "/accounts"],
  [`/api/password-resets/${"t".repeat(43)}`, "/api/password-resets/…"],
  [`/a/${"t".repeat(43)}/b?c=${"t".repeat(43)}`, "/a/…/b"],
  ["", ""],
])("%s is logged as %s", (url, logged) => {
  expect(loggedUrl(url)).toBe(logged);
});
