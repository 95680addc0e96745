import { createPrivateKey, X509Certificate } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { authorityCertificate, clientCertificate, deriveKey, keyPem } from "./certificates.ts";
import { integer, objectId, octetString } from "./der.ts";

const SECRET = Buffer.alloc(32, 7).toString("base64url");
const VALIDITY = { from: new Date("2026-01-01T00:00:00Z"), to: new Date("2049-12-31T23:59:59Z") };
const authority = { subject: { commonName: "shop-client-ca" }, key: deriveKey(SECRET, "client-ca") };
const certificate = authorityCertificate(authority, VALIDITY);

test("the same secret and label give the same key and certificate, each time and each way to write the secret", () => {
  const again = deriveKey(Buffer.alloc(32, 7).toString("base64"), "client-ca");
  expect(keyPem(again)).toBe(keyPem(authority.key));
  expect(authorityCertificate({ ...authority, key: again }, VALIDITY)).toBe(certificate);
});

test("another secret or label gives another key", () => {
  const other = Buffer.alloc(32, 8).toString("base64");
  const keys = [
    deriveKey(SECRET, "client-ca"),
    deriveKey(SECRET, "server-ca"),
    deriveKey(other, "client-ca"),
  ];
  expect(new Set(keys.map(keyPem)).size).toBe(3);
});

test("an authority certifies itself, to the last second that it says", () => {
  const read = new X509Certificate(certificate);
  expect(read.ca).toBe(true);
  expect(read.checkIssued(read)).toBe(true);
  expect(read.verify(read.publicKey)).toBe(true);
  expect(read.checkPrivateKey(createPrivateKey(keyPem(authority.key)))).toBe(true);
  expect([read.validFromDate, read.validToDate]).toEqual([VALIDITY.from, VALIDITY.to]);
});

test("a client's certificate can be had by that authority alone, and is good for clients only", () => {
  const key = deriveKey(SECRET, "client");
  const pem = clientCertificate(authority, { commonName: "me", organization: "us" }, key, VALIDITY);
  const read = new X509Certificate(pem);
  const issuer = new X509Certificate(certificate);
  expect(read.subject).toBe("O=us\nCN=me");
  expect(read.ca).toBe(false);
  expect(read.keyUsage).toEqual(["1.3.6.1.5.5.7.3.2"]);
  expect(read.checkIssued(issuer)).toBe(true);
  expect(read.verify(issuer.publicKey)).toBe(true);
  expect(read.verify(createPrivateKeyOf("another"))).toBe(false);
});

const createPrivateKeyOf = (label: string) => {
  const other = { subject: authority.subject, key: deriveKey(SECRET, label) };
  return new X509Certificate(authorityCertificate(other, VALIDITY)).publicKey;
};

test("whatever the secret, key and certificate belong together", () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 32, maxLength: 64 }), (secret) => {
      const key = deriveKey(Buffer.from(secret).toString("base64"), "any");
      const read = new X509Certificate(authorityCertificate({ subject: { commonName: "a" }, key }, VALIDITY));
      expect(read.verify(read.publicKey)).toBe(true);
      expect(read.checkPrivateKey(createPrivateKey(keyPem(key)))).toBe(true);
    }),
    { numRuns: 10 },
  );
});

test("numbers are as short as they can be, and never negative", () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 2n ** 128n }), (number) => {
      const hex = number.toString(16).padStart(34, "0");
      const [tag, length, ...content] = integer(Buffer.from(hex, "hex"));
      const [first = 0, second = 0x80] = content;
      expect([tag, length]).toEqual([0x02, content.length]);
      expect(BigInt(`0x${Buffer.from(content).toString("hex")}`)).toBe(number);
      expect(first).toBeLessThan(0x80);
      expect(first > 0 || second >= 0x80).toBe(true);
    }),
  );
});

test("lengths and object identifiers are written as X.690 has them", () => {
  expect(objectId("1.2.840.113549").toString("hex")).toBe("06062a864886f70d");
  expect([...octetString(Buffer.alloc(127)).subarray(0, 2)]).toEqual([4, 127]);
  expect([...octetString(Buffer.alloc(128)).subarray(0, 3)]).toEqual([4, 0x81, 128]);
  expect([...octetString(Buffer.alloc(256)).subarray(0, 4)]).toEqual([4, 0x82, 1, 0]);
});
