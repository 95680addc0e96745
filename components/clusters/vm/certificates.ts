/**
 * Certificates that follow from a secret (X.509, RFC 5280), with keys on the curve P-256, as k3s makes them itself. The
 * same secret and label always give the same key, and the same key signs alike each time (RFC 6979): so nothing has to
 * be kept, and what machines are told does not change from one run to the next.
 */

import { createHash, createPrivateKey, hkdfSync, type KeyObject } from "node:crypto";
import { p256 } from "@noble/curves/nist.js";
import {
  bitString,
  integer,
  namedBits,
  objectId,
  octetString,
  sequence,
  setOf,
  TRUE,
  tagged,
  utcTime,
  utf8String,
} from "./der.ts";

/** Separates this use of a secret from any other; changing it changes every key. */
const CONTEXT = "tradestack/certificates/v1";
/** As FIPS 186-5 (A.2.1) has it: 16 bytes more than the curve's order, so that every key is as likely as any other. */
const SEED_BYTES = 48;
const COORDINATE_BYTES = 32;
const SERIAL_BYTES = 16;

const ECDSA_WITH_SHA256 = sequence(objectId("1.2.840.10045.4.3.2"));
const P256_PUBLIC_KEY = sequence(objectId("1.2.840.10045.2.1"), objectId("1.2.840.10045.3.1.7"));
/** Attributes of a name and extensions, by the number that X.520, RFC 5280 or PKIX gave them. */
const ID = {
  organization: "2.5.4.10",
  commonName: "2.5.4.3",
  subjectKeyIdentifier: "2.5.29.14",
  keyUsage: "2.5.29.15",
  basicConstraints: "2.5.29.19",
  authorityKeyIdentifier: "2.5.29.35",
  extendedKeyUsage: "2.5.29.37",
  clientAuth: "1.3.6.1.5.5.7.3.2",
} as const;
/** What a key may be used for; the numbers are those of RFC 5280, 4.2.1.3. */
const USAGE = { digitalSignature: 0, keyCertSign: 5, cRLSign: 6 } as const;

/** A key on P-256. */
export interface Key {
  readonly secret: Uint8Array;
  /** Its point, uncompressed. */
  readonly point: Uint8Array;
}

/** Whom a certificate is for. */
export interface Subject {
  readonly commonName: string;
  readonly organization?: string;
}

/** From when to when a certificate is good; both between 1950 and 2049. */
export interface Validity {
  readonly from: Date;
  readonly to: Date;
}

/** Who signs certificates. */
export interface Authority {
  readonly subject: Subject;
  readonly key: Key;
}

/**
 * The key that follows from a secret and a label.
 *
 * @param secret Base64 of 32 or more bytes that nobody can guess.
 * @param label What the key is for, such as `client-ca`.
 */
export function deriveKey(secret: string, label: string): Key {
  const bytes = Buffer.from(secret, "base64");
  const seed = new Uint8Array(hkdfSync("sha256", bytes, CONTEXT, label, SEED_BYTES));
  const derived = p256.utils.randomSecretKey(seed);
  return { secret: derived, point: p256.getPublicKey(derived, false) };
}

/** A key as PEM (SEC 1), which is how k3s writes its own. */
export function keyPem({ secret, point }: Key): string {
  const [x, y] = [point.subarray(1, 1 + COORDINATE_BYTES), point.subarray(1 + COORDINATE_BYTES)];
  const key: KeyObject = createPrivateKey({
    format: "jwk",
    key: { kty: "EC", crv: "P-256", d: base64url(secret), x: base64url(x), y: base64url(y) },
  });
  return key.export({ format: "pem", type: "sec1" }).toString();
}

/** The certificate with which an authority says of itself that it is one, as PEM. */
export function authorityCertificate(authority: Authority, validity: Validity): string {
  return certificatePem(authority, authority.subject, authority.key, validity, [
    extension(ID.basicConstraints, sequence(TRUE), "critical"),
    extension(ID.keyUsage, namedBits(USAGE.digitalSignature, USAGE.keyCertSign, USAGE.cRLSign), "critical"),
  ]);
}

/** A certificate for a client of the authority, as PEM. */
export function clientCertificate(
  authority: Authority,
  subject: Subject,
  key: Key,
  validity: Validity,
): string {
  return certificatePem(authority, subject, key, validity, [
    extension(ID.basicConstraints, sequence(), "critical"),
    extension(ID.keyUsage, namedBits(USAGE.digitalSignature), "critical"),
    extension(ID.extendedKeyUsage, sequence(objectId(ID.clientAuth))),
  ]);
}

function certificatePem(
  authority: Authority,
  subject: Subject,
  { point }: Key,
  validity: Validity,
  extensions: readonly Buffer[],
): string {
  const version3 = tagged(0xa0, integer(Buffer.from([2])));
  const unnumbered = [
    ECDSA_WITH_SHA256,
    nameOf(authority.subject),
    sequence(utcTime(validity.from), utcTime(validity.to)),
    nameOf(subject),
    sequence(P256_PUBLIC_KEY, bitString(point)),
    tagged(
      0xa3,
      sequence(
        ...extensions,
        extension(ID.subjectKeyIdentifier, octetString(keyIdentifier(point))),
        extension(ID.authorityKeyIdentifier, sequence(tagged(0x80, keyIdentifier(authority.key.point)))),
      ),
    ),
  ];
  // Two certificates that differ anywhere have numbers that differ.
  const serial = createHash("sha256").update(Buffer.concat(unnumbered)).digest().subarray(0, SERIAL_BYTES);
  const body = sequence(version3, integer(serial), ...unnumbered);
  const signature = p256.sign(body, authority.key.secret, { format: "der", lowS: false });
  return pem("CERTIFICATE", sequence(body, ECDSA_WITH_SHA256, bitString(signature)));
}

function nameOf({ organization, commonName }: Subject): Buffer {
  const attribute = (id: string, text: string) => setOf(sequence(objectId(id), utf8String(text)));
  return sequence(
    ...(organization === undefined ? [] : [attribute(ID.organization, organization)]),
    attribute(ID.commonName, commonName),
  );
}

function extension(id: string, value: Buffer, critical?: "critical"): Buffer {
  return sequence(objectId(id), ...(critical === undefined ? [] : [TRUE]), octetString(value));
}

/** The first method of RFC 7093: SHA-256 of the key, cut to 20 bytes. */
function keyIdentifier(point: Uint8Array): Buffer {
  return createHash("sha256").update(point).digest().subarray(0, 20);
}

function pem(label: string, der: Buffer): string {
  const lines = der.toString("base64").match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ""].join("\n");
}

function base64url(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64url");
}
