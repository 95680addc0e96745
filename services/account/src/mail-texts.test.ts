import { expect, test } from "vitest";
import { mailText } from "./mail-texts.ts";

const TOKEN = "t".repeat(43);

test.each(["verify-email", "reset-password"] as const)(
  "a %s mail has one link, whose token stays in the browser",
  (kind) => {
    const { subject, text } = mailText(kind, { name: "Robin", token: TOKEN }, "https://shop.example.com/");
    expect(subject).not.toBe("");
    expect(text).toMatch(/^Hello Robin,\n\n/);
    const links = text.match(/https:\S+/g) ?? [];
    expect(links).toEqual([expect.stringMatching(/^https:\/\/shop\.example\.com\/[a-z-]+#t{43}$/)]);
  },
);

test.each(["already-registered", "password-changed"] as const)("a %s mail has no token", (kind) => {
  const { text } = mailText(kind, { name: "Robin" }, "https://shop.example.com");
  expect(text).toContain("https://shop.example.com/forgot-password");
  expect(text).not.toContain("#");
  expect(text).not.toContain("undefined");
});
