import { createHash, createHmac, pbkdf2Sync } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import fc from "fast-check";
import { expect, test } from "vitest";
import { derivePassword, KeyRing, rabbitSha256, redisSha256, scramSha256 } from "./credentials.ts";

const masterKey = fc
  .uint8Array({ minLength: 32, maxLength: 64 })
  .map((key) => Buffer.from(key).toString("base64"));
const label = fc.string({ minLength: 1, maxLength: 40 });
const password = fc.base64String({ minLength: 8, maxLength: 48 });

test("a password is always the same, and needs no escaping in a URL", () => {
  fc.assert(
    fc.property(masterKey, label, (key, name) => {
      expect(derivePassword(key, name)).toMatch(/^[\w-]{43}$/);
      expect(derivePassword(key, name)).toBe(derivePassword(key, name));
    }),
  );
});

test("another label or another key gives another password", () => {
  fc.assert(
    fc.property(masterKey, masterKey, label, label, (key, otherKey, name, otherName) => {
      fc.pre(key !== otherKey && name !== otherName);
      const passwords = [
        derivePassword(key, name),
        derivePassword(key, otherName),
        derivePassword(otherKey, name),
      ];
      expect(new Set(passwords).size).toBe(3);
    }),
  );
});

test("passwords stay what they were: a change here locks every environment out", () => {
  const key = Buffer.alloc(32, 7).toString("base64");
  expect(derivePassword(key, "postgres/order")).toBe("iVKh_Uwjz5-7spf-2ACwJ2oB1jMdzkn9M1WGWWXqD9c");
});

test("PostgreSQL can check a password by its verifier (RFC 5802)", () => {
  fc.assert(
    fc.property(password, (secret) => {
      const [, iterations, salt, storedKey] =
        /^SCRAM-SHA-256\$(\d+):([^$]+)\$([^:]+):.+$/.exec(scramSha256(secret, "order")) ?? [];
      const salted = pbkdf2Sync(secret, Buffer.from(salt ?? "", "base64"), Number(iterations), 32, "sha256");
      const clientKey = createHmac("sha256", salted).update("Client Key").digest();
      expect(createHash("sha256").update(clientKey).digest("base64")).toBe(storedKey);
    }),
    { numRuns: 10 },
  );
});

test("RabbitMQ can check a password by its hash", () => {
  fc.assert(
    fc.property(password, (secret) => {
      const hash = Buffer.from(rabbitSha256(secret, "order"), "base64");
      const expected = createHash("sha256").update(hash.subarray(0, 4)).update(secret).digest();
      expect(hash.subarray(4)).toEqual(expected);
    }),
  );
});

test("two users with one password have different hashes where the store salts them", () => {
  expect(scramSha256("secret", "order")).not.toBe(scramSha256("secret", "payment"));
  expect(rabbitSha256("secret", "order")).not.toBe(rabbitSha256("secret", "payment"));
  expect(redisSha256("secret")).toMatch(/^[0-9a-f]{64}$/);
});

test("a key ring gives secrets, and its fingerprint gives nothing away", async () => {
  const key = Buffer.alloc(32, 7).toString("base64");
  const ring = new KeyRing(key);
  expect(await pulumi.isSecret(ring.password("postgres/order"))).toBe(true);
  expect(ring.fingerprint).toMatch(/^[0-9a-f]{8}$/);
  expect(ring.fingerprint).not.toBe(new KeyRing(Buffer.alloc(32, 8).toString("base64")).fingerprint);
  expect(derivePassword(key, "fingerprint")).not.toContain(ring.fingerprint);
});

test("without a key every password is unknown, not wrong", async () => {
  const password = new KeyRing(undefined).password("postgres/order");
  expect(await pulumi.isSecret(password)).toBe(true);
  let seen = false;
  password.apply(() => {
    seen = true;
  });
  expect(seen).toBe(false);
  expect(new KeyRing(undefined).fingerprint).toBe("unknown");
});
