import { randomUUID } from "node:crypto";
import { SignJWT } from "jose";
import {
  type AccessTokenClaims,
  TOKEN_ALGORITHM,
  TOKEN_AUDIENCE,
  TOKEN_ISSUER,
  TOKEN_TYPE,
} from "../../contracts/identity.ts";
import type { SigningKeys } from "./signing-keys.ts";

/** Seconds that an access token lives. Nothing ends it earlier, so this is how long a lock or a logout may take. */
export const ACCESS_TOKEN_AGE = 600;

/** Makes an access token for a session. */
export function issueAccessToken(keys: SigningKeys, { sub, roles, sid }: AccessTokenClaims): Promise<string> {
  const { id, key } = keys.current();
  const now = Math.floor(Date.now() / 1000);
  return new SignJWT({ roles, sid })
    .setProtectedHeader({ alg: TOKEN_ALGORITHM, typ: TOKEN_TYPE, kid: id })
    .setIssuer(TOKEN_ISSUER)
    .setAudience(TOKEN_AUDIENCE)
    .setSubject(sub)
    .setJti(randomUUID())
    .setIssuedAt(now)
    .setExpirationTime(now + ACCESS_TOKEN_AGE)
    .sign(key);
}
