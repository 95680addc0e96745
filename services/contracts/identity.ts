import { type Static, Type } from "typebox";
import { ROLES } from "./permissions.ts";

export { isPermitted, PERMISSIONS, type Permission, ROLES } from "./permissions.ts";

/** One of the things that people may be. */
export const Role = Type.Enum(ROLES);
export type Role = Static<typeof Role>;

/**
 * Headers in which the gateway tells a service whose request it is, after it has verified the access token. The
 * gateway lets none of them through from outside, and network policies let nobody but the gateway and the declared
 * callers reach a service.
 */
export const CALLER_HEADERS = { id: "x-caller-id", roles: "x-caller-roles" } as const;

/** Who issues access tokens, and for whom: the `iss` and `aud` claims. */
export const TOKEN_ISSUER = "tradestack/account";
export const TOKEN_AUDIENCE = "tradestack";

/** The claims of an access token (RFC 9068), beside `iss`, `aud`, `iat`, `exp` and `jti`. */
export const AccessTokenClaims = Type.Object({
  /** The account's id. */
  sub: Type.String({ format: "uuid" }),
  roles: Type.Array(Role, { minItems: 1 }),
  /** The session that it was issued in. */
  sid: Type.String({ format: "uuid" }),
});
export type AccessTokenClaims = Static<typeof AccessTokenClaims>;

/** The only signature that access tokens have (RFC 8037: Ed25519), and their `typ` (RFC 9068). */
export const TOKEN_ALGORITHM = "EdDSA";
export const TOKEN_TYPE = "at+jwt";

/** The public half of a key that access tokens are signed with. */
export const PublicKey = Type.Object({
  kty: Type.Literal("OKP"),
  crv: Type.Literal("Ed25519"),
  x: Type.String({ pattern: "^[A-Za-z0-9_-]{43}$" }),
  kid: Type.String({ minLength: 1, maxLength: 128 }),
  alg: Type.Literal(TOKEN_ALGORITHM),
  use: Type.Literal("sig"),
});
export type PublicKey = Static<typeof PublicKey>;

/** `GET /.well-known/jwks.json`: the keys that sign now, did so until lately, or will soon. */
export const KeySet = Type.Object({ keys: Type.Array(PublicKey, { minItems: 1 }) });
export type KeySet = Static<typeof KeySet>;
