import { errors, jwtVerify } from "jose";
import { Compile } from "typebox/compile";
import {
  AccessTokenClaims,
  TOKEN_ALGORITHM,
  TOKEN_AUDIENCE,
  TOKEN_ISSUER,
  TOKEN_TYPE,
} from "../contracts/identity.ts";
import type { Caller } from "./caller.ts";
import { KeysUnavailableError, type VerificationKeyOptions, VerificationKeys } from "./verification-keys.ts";

/**
 * What an access token turned out to be:
 *
 * - `verified`: it is the caller's, until `expiresAt` (seconds since 1970)
 * - `expired`: it was; a new one can be had
 * - `invalid`: it is not one of ours
 * - `keys-unavailable`: nobody can tell at the moment
 */
export type Verification =
  | {
      readonly kind: "verified";
      readonly caller: Caller;
      readonly sessionId: string;
      readonly expiresAt: number;
    }
  | { readonly kind: "expired" | "invalid" }
  | { readonly kind: "keys-unavailable"; readonly cause: unknown };

/** Tells whose an access token is. Made by {@link createAccessTokenVerifier}. */
export type AccessTokenVerifier = (token: string) => Promise<Verification>;

/** Clocks of two machines may differ by so much, in seconds. */
const CLOCK_TOLERANCE = 5;
/** Ours have some 600 characters; what is far longer is not worth the work. */
const MAX_LENGTH = 4096;

const claimsOf = Compile(AccessTokenClaims);

/**
 * Makes the verifier of access tokens. The algorithm is fixed, whatever a token says of itself, and its key comes
 * from the issuer by `kid`, never from the token.
 *
 * @example
 * const verify = createAccessTokenVerifier({
 *   fetchKeys: async () => (await client(account).send({ method: "GET", path: JWKS_PATH })).body,
 * });
 */
export function createAccessTokenVerifier(options: VerificationKeyOptions): AccessTokenVerifier {
  const keys = new VerificationKeys(options);
  return async (token) => {
    if (token.length > MAX_LENGTH) return { kind: "invalid" };
    try {
      const { payload } = await jwtVerify(
        token,
        async ({ kid }) => {
          const key = kid === undefined ? undefined : await keys.find(kid);
          if (key === undefined) throw new errors.JWKSNoMatchingKey();
          return key;
        },
        {
          algorithms: [TOKEN_ALGORITHM],
          typ: TOKEN_TYPE,
          issuer: TOKEN_ISSUER,
          audience: TOKEN_AUDIENCE,
          requiredClaims: ["exp", "iat", "jti"],
          clockTolerance: CLOCK_TOLERANCE,
        },
      );
      const { exp } = payload;
      if (exp === undefined || !claimsOf.Check(payload)) return { kind: "invalid" };
      const { sub, roles, sid } = payload;
      return { kind: "verified", caller: { id: sub, roles }, sessionId: sid, expiresAt: exp };
    } catch (error) {
      if (error instanceof errors.JWTExpired) return { kind: "expired" };
      if (error instanceof KeysUnavailableError) return { kind: "keys-unavailable", cause: error };
      if (error instanceof errors.JOSEError) return { kind: "invalid" };
      throw error;
    }
  };
}
