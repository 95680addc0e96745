import { createHmac } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { isSigned, signWebhook, TOLERANCE_SECONDS } from "./webhook-signature.ts";

const SECRET = "only-for-tests";
const NOW = 1_763_000_000;
const bytes = fc.uint8Array({ maxLength: 200 }).map((array) => Buffer.from(array));

test("is the HMAC of time and body that Stripe documents", () => {
  const body = Buffer.from('{"id":"evt_1"}');
  const v1 = createHmac("sha256", SECRET).update(`${NOW}.{"id":"evt_1"}`).digest("hex");
  expect(signWebhook(SECRET, body, NOW)).toBe(`t=${NOW},v1=${v1}`);
});

test("holds for whatever was signed, for as long as the tolerance", () => {
  fc.assert(
    fc.property(
      bytes,
      fc.integer({ min: -TOLERANCE_SECONDS - 5, max: TOLERANCE_SECONDS + 5 }),
      (body, age) => {
        const header = signWebhook(SECRET, body, NOW - age);
        expect(isSigned(SECRET, header, body, NOW)).toBe(Math.abs(age) <= TOLERANCE_SECONDS);
      },
    ),
  );
});

test("fails for another body, another secret and another time", () => {
  fc.assert(
    fc.property(bytes, bytes, fc.integer({ min: 1, max: 100 }), (body, other, age) => {
      fc.pre(!body.equals(other));
      const header = signWebhook(SECRET, body, NOW);
      expect(isSigned(SECRET, header, other, NOW)).toBe(false);
      expect(isSigned("another", header, body, NOW)).toBe(false);
      expect(isSigned(SECRET, header.replace(`t=${NOW}`, `t=${NOW - age}`), body, NOW)).toBe(false);
    }),
  );
});

test("one of several is enough, while a secret is being replaced", () => {
  const body = Buffer.from("{}");
  const ours = signWebhook(SECRET, body, NOW);
  const [, theirs = ""] = signWebhook("another", body, NOW).split(",");
  expect(isSigned(SECRET, `${ours},${theirs}`, body, NOW)).toBe(true);
  expect(isSigned(SECRET, ours.replace(",", `,${theirs},`), body, NOW)).toBe(true);
  expect(isSigned(SECRET, ours.replace("v1=", "v0="), body, NOW)).toBe(false);
  expect(isSigned(SECRET, `t=${NOW},${theirs}`, body, NOW)).toBe(false);
});

test("no header whatever is taken for one, or brings it down", () => {
  const body = Buffer.from("{}");
  const part = fc.oneof(
    fc.string(),
    fc.constantFrom("t=", `t=${NOW}`, "v1=", "v1=00", `v1=${"0".repeat(64)}`),
  );
  fc.assert(
    fc.property(fc.array(part), (parts) => {
      expect(isSigned(SECRET, parts.join(","), body, NOW)).toBe(false);
    }),
  );
});
