import fc from "fast-check";
import { expect, test } from "vitest";
import { mailedToken } from "./mailed-token.ts";
import { nextPage } from "./next-page.ts";

test("after a login somebody is where they were", () => {
  expect(nextPage("/checkout", "/")).toBe("/checkout");
  expect(nextPage("/products?q=tea%20pot", "/")).toBe("/products?q=tea%20pot");
  expect(nextPage(undefined, "/account")).toBe("/account");
});

test("no address leads to another site", () => {
  const tricky = fc.oneof(
    fc.webUrl(),
    fc.constantFrom(
      "//evil.example",
      "/\\evil.example",
      "\\\\evil.example",
      "javascript:alert(1)",
      "/\t/evil.example",
    ),
    fc.string().map((text) => `/${text}`),
    fc.string(),
  );
  fc.assert(
    fc.property(tricky, (next) => {
      expect(new URL(nextPage(next, "/"), "https://shop.example").origin).toBe("https://shop.example");
    }),
  );
});

test("a mailed token is read whole or not at all", () => {
  const token = `${"A".repeat(42)}_`;
  expect(mailedToken(`#${token}`)).toBe(token);
  for (const broken of ["", "#", `#${token}x`, token, `#${token.slice(1)}`, `#${token.slice(1)}/`]) {
    expect(mailedToken(broken)).toBeUndefined();
  }
});
