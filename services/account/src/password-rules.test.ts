import fc from "fast-check";
import { expect, test } from "vitest";
import { requireStrongPassword } from "./password-rules.ts";

const EMAIL = "robin.hood@example.org";

test.each([
  ["password1234", "commonest"],
  ["PASSWORD!!!!", "commonest"],
  ["p@ssw0rd2026", "commonest"],
  ["qwertyuiop", "commonest"],
  ["poiuytrewq", "commonest"],
  ["1234567890", "commonest"],
  ["9876543210", "commonest"],
  ["abcdefghijkl", "commonest"],
  ["iloveyou2024", "commonest"],
  ["aaaaaaaaaaaaa", "repeats"],
  ["abababababab", "repeats"],
  ["Robin.Hood@example.org", "e-mail"],
  ["robin.hood", "e-mail"],
  // The same to a reader, and written with other code points.
  ["ｐａｓｓｗｏｒｄ１２３４", "commonest"],
])("%s is refused", (password, reason) => {
  expect(() => requireStrongPassword(password, EMAIL)).toThrow(reason);
});

test.each([
  "a long walk at night",
  "correct battery horse",
  "Tr0ub4dor&3-but-longer",
  "пароль-подлиннее",
  "robin.hood and marian",
  "password of my own making",
])("%s is taken", (password) => {
  expect(() => requireStrongPassword(password, EMAIL)).not.toThrow();
});

test("random passwords are taken", () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[a-zA-Z0-9_-]{20,43}$/), (password) => {
      fc.pre(new Set(password.toLowerCase()).size > 6);
      requireStrongPassword(password, EMAIL);
    }),
  );
});
