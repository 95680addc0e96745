import { createHash } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { derivePassword } from "../components/credentials.ts";
import { isHarmless, isSecretName, secretIn } from "./secret-text.ts";

const key = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => Buffer.from(bytes));
// As random as keys are: fast-check likes to try bytes first that are mostly the same.
const randomKey = key.map((bytes) => createHash("sha256").update(bytes).digest());

test("finds every password that the platform derives, wherever it stands", () => {
  fc.assert(
    fc.property(key, fc.constantFrom("", "key=", "a line\nand "), (bytes, before) => {
      const password = derivePassword(bytes.toString("base64"), "postgres/order");
      expect(secretIn(`${before}${password}`)).toBe("what looks like a random key");
    }),
    { numRuns: 60 },
  );
});

test("finds random keys in base64 and in hexadecimal", () => {
  fc.assert(
    fc.property(randomKey, fc.constantFrom("base64", "base64url", "hex"), (bytes, encoding) => {
      expect(secretIn(bytes.toString(encoding))).toBeDefined();
    }),
    { numRuns: 60 },
  );
});

test.each([
  ["postgres://order:hunter2@postgres:5432/order", "a URL with a password"],
  ["redis://:hunter2@redis", "a URL with a password"],
  ["-----BEGIN EC PRIVATE KEY-----\nMHc", "a private key"],
  [`key: ${["AKIA", "IOSFODNN7EXAMPLE"].join("")}`, "an AWS access key"],
  [["sk", "live", "4eC39HqLyjWDarjtT1zdp7dc"].join("_"), "a payment provider's key"],
])("%s is %s", (text, kind) => {
  expect(secretIn(text)).toBe(kind);
});

test.each([
  "postgres://order:$(PASSWORD)@postgres:5432/order",
  "http://catalog:8080/health@all",
  "/run/secrets/tradestack/provider-webhook-secret",
  "rabbit@$(POD_NAME).rabbitmq-nodes.tradestack-prod.svc.cluster.local",
  `sha256:${"0123456789abcdef".repeat(4)}`,
  "preferredDuringSchedulingIgnoredDuringExecution",
  "ssl_ciphers TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256",
  "--feature-gates=CustomCPUCFSQuotaPeriod=true",
])("%s is none", (text) => {
  expect(secretIn(text)).toBeUndefined();
});

test.each(["PASSWORD", "STRIPE_API_KEY", "POSTGRES_PASSWORD", "session-secret", "db.password", "dbPassword"])(
  "%s names a secret",
  (name) => expect(isSecretName(name)).toBe(true),
);

test.each(["PASSWORD_FILE", "TOKEN_TTL_SECONDS", "SECRET_NAME", "KEYBOARD", "MONKEY", "IDEMPOTENCY_KEY"])(
  "%s does not",
  (name) => expect(isSecretName(name)).toBe(false),
);

test.each(["", "true", "86400", "/run/secrets/password", "$(PASSWORD)"])("%j holds nothing itself", (value) =>
  expect(isHarmless(value)).toBe(true),
);
