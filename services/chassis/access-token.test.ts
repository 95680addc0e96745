import { generateKeyPairSync, randomUUID } from "node:crypto";
import fc from "fast-check";
import { base64url, exportJWK, exportSPKI, type JWTHeaderParameters, SignJWT } from "jose";
import { beforeEach, describe, expect, test } from "vitest";
import { type PublicKey, TOKEN_AUDIENCE, TOKEN_ISSUER } from "../contracts/identity.ts";
import { createAccessTokenVerifier } from "./access-token.ts";

const KID = "key-1";
const pair = generateKeyPairSync("ed25519");
const other = generateKeyPairSync("ed25519");
const account = randomUUID();
const session = randomUUID();

const publicKey = async (key = pair.publicKey, kid = KID): Promise<PublicKey> => {
  const { x = "" } = await exportJWK(key);
  return { kty: "OKP", crv: "Ed25519", x, kid, alg: "EdDSA", use: "sig" };
};
const now = () => Math.floor(Date.now() / 1000);
const claims = () => ({
  iss: TOKEN_ISSUER,
  aud: TOKEN_AUDIENCE,
  sub: account,
  sid: session,
  jti: randomUUID(),
  roles: ["customer"],
  iat: now(),
  exp: now() + 600,
});
const header: JWTHeaderParameters = { alg: "EdDSA", typ: "at+jwt", kid: KID };
const sign = (
  changes: Record<string, unknown> = {},
  headers: Partial<JWTHeaderParameters> = {},
  key = pair.privateKey,
) => new SignJWT({ ...claims(), ...changes }).setProtectedHeader({ ...header, ...headers }).sign(key);

let fetches = 0;
let clock = 0;
let fetchKeys: () => Promise<unknown>;
const verifier = () => createAccessTokenVerifier({ fetchKeys: () => fetchKeys(), now: () => clock });

beforeEach(() => {
  fetches = 0;
  clock = 0;
  fetchKeys = async () => {
    fetches += 1;
    return { keys: [await publicKey()] };
  };
});

test("a token of ours tells its caller, session and end", async () => {
  const exp = now() + 60;
  expect(await verifier()(await sign({ exp, roles: ["customer", "support"] }))).toEqual({
    kind: "verified",
    caller: { id: account, roles: ["customer", "support"] },
    sessionId: session,
    expiresAt: exp,
  });
});

test("clocks may differ by some seconds; after that a token is expired", async () => {
  expect(await verifier()(await sign({ exp: now() - 2 }))).toMatchObject({ kind: "verified" });
  expect(await verifier()(await sign({ exp: now() - 10 }))).toEqual({ kind: "expired" });
});

describe("is invalid:", () => {
  const part = (value: unknown) => base64url.encode(JSON.stringify(value));

  test("a token without signature", async () => {
    for (const alg of ["none", "None", "NONE", ""]) {
      const body = `${part({ ...header, alg })}.${part(claims())}`;
      expect(await verifier()(`${body}.`)).toEqual({ kind: "invalid" });
      expect(await verifier()(body)).toEqual({ kind: "invalid" });
    }
  });

  test("a token that is signed with the public key as a shared secret", async () => {
    const { x } = await publicKey();
    for (const secret of [await exportSPKI(pair.publicKey), x, base64url.decode(x)]) {
      const key = typeof secret === "string" ? new TextEncoder().encode(secret) : secret;
      for (const alg of ["HS256", "HS384", "HS512"]) {
        const token = await new SignJWT(claims()).setProtectedHeader({ ...header, alg }).sign(key);
        expect(await verifier()(token)).toEqual({ kind: "invalid" });
      }
    }
  });

  test("a token that brings its own key", async () => {
    const jwk = await exportJWK(other.publicKey);
    expect(await verifier()(await sign({}, { jwk }, other.privateKey))).toEqual({ kind: "invalid" });
  });

  test.each([
    ["issuer", { iss: "https://attacker.example" }],
    ["audience", { aud: "somewhere-else" }],
    ["subject", { sub: "admin" }],
    ["role", { roles: ["customer", "root"] }],
    ["session", { sid: undefined }],
    ["end", { exp: undefined }],
    ["id", { jti: undefined }],
    ["start, which is to come", { nbf: now() + 3600 }],
  ])("a token with another %s", async (_, changes) => {
    expect(await verifier()(await sign(changes))).toEqual({ kind: "invalid" });
  });

  test.each([
    ["type", { typ: "JWT" }],
    ["key", { kid: "key-2" }],
    ["critical extension", { crit: ["b64"], b64: false }],
  ])("a token with another %s in its header", async (_, headers) => {
    const forged = "b64" in headers ? forge({ ...header, ...headers }) : sign({}, headers);
    expect(await verifier()(await forged)).toEqual({ kind: "invalid" });
  });
  const forge = async (changed: object) =>
    `${part(changed)}.${part(claims())}.${(await sign()).split(".")[2]}`;

  test("a token that was changed anywhere", async () => {
    const token = await sign();
    const verify = verifier();
    await fc.assert(
      fc.asyncProperty(fc.nat(token.length - 1), fc.constantFrom(..."aZ09-_."), async (index, letter) => {
        const changed = token.slice(0, index) + letter + token.slice(index + 1);
        // The last letter of the signature carries four bits that mean nothing.
        fc.pre(changed !== token && index !== token.length - 1);
        expect(await verify(changed)).toEqual({ kind: "invalid" });
      }),
    );
  });

  test("whatever else comes", async () => {
    const verify = verifier();
    const junk = fc.oneof(
      fc.string({ unit: "binary" }),
      fc
        .tuple(fc.json(), fc.json(), fc.string())
        .map(([a, b, c]) => [a, b, c].map(base64url.encode).join(".")),
      fc.constant("x".repeat(10_000)),
    );
    await fc.assert(
      fc.asyncProperty(junk, async (token) => {
        expect(await verify(token)).toEqual({ kind: "invalid" });
      }),
    );
  });
});

describe("keys", () => {
  test("are asked for once for many tokens, and no more often than every few seconds for unknown ones", async () => {
    const verify = verifier();
    const token = await sign();
    await Promise.all(Array.from({ length: 20 }, () => verify(token)));
    for (let count = 0; count < 20; count++) await verify(await sign({}, { kid: randomUUID() }));
    expect(fetches).toBe(1);
    clock += 3000;
    await verify(await sign({}, { kid: "key-2" }));
    expect(fetches).toBe(2);
  });

  test("that are new are found when the first token names them, and those that are gone no longer count", async () => {
    const verify = verifier();
    const old = await sign();
    expect(await verify(old)).toMatchObject({ kind: "verified" });
    fetchKeys = async () => ({ keys: [await publicKey(other.publicKey, "key-2")] });
    clock += 3000;
    expect(await verify(await sign({}, { kid: "key-2" }, other.privateKey))).toMatchObject({
      kind: "verified",
    });
    expect(await verify(old)).toEqual({ kind: "invalid" });
  });

  test("that are old still serve while their issuer is away", async () => {
    const verify = verifier();
    await verify(await sign());
    fetchKeys = () => Promise.reject(new Error("away"));
    clock += 3_600_000;
    expect(await verify(await sign())).toMatchObject({ kind: "verified" });
    expect(await verify(await sign())).toMatchObject({ kind: "verified" });
    expect(await verify(await sign({}, { kid: "key-2" }))).toMatchObject({ kind: "keys-unavailable" });
  });

  test.each([
    ["no answer", () => Promise.reject(new Error("away"))],
    ["no keys", () => Promise.resolve({ keys: [] })],
    ["a page", () => Promise.resolve("<html>")],
    ["a key that is none", async () => ({ keys: [{ ...(await publicKey()), x: "short" }] })],
  ])("are unavailable while the issuer gives %s, and found when it does", async (_, answer) => {
    const healthy = fetchKeys;
    fetchKeys = answer;
    const verify = verifier();
    expect(await verify(await sign())).toMatchObject({ kind: "keys-unavailable" });
    fetchKeys = healthy;
    clock += 3000;
    expect(await verify(await sign())).toMatchObject({ kind: "verified" });
  });
});
