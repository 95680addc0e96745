import { hash } from "node:crypto";
import { type AccessTokenVerifier, type Caller, Problem, unavailable } from "../../chassis/index.ts";

/** Tells who is calling by their access token. Made by {@link createAuthenticator}. */
export interface Authenticator {
  /** Whose token this is, where it was verified a moment ago. */
  recall(token: string): Caller | undefined;
  /**
   * Whose token this is.
   *
   * @throws {Problem} 401 where it is nobody's or its time is over, 503 where nobody can tell now.
   */
  verify(token: string): Promise<Caller>;
}

/** How much and how long an {@link Authenticator} remembers; changed by tests. */
export interface Memory {
  /** Tokens at the most; the one that was not used for longest is forgotten first. Default: 10,000, some 3 MB. */
  readonly tokens?: number;
  /** Milliseconds since 1970. Default: `Date.now`. */
  readonly now?: () => number;
}

/**
 * A token is verified again after this long, so that one whose key was withdrawn does not live on here. Verifying
 * takes two hundred times as long as remembering.
 */
const RECHECK_MS = 60_000;

interface Remembered {
  readonly caller: Caller;
  readonly untilMs: number;
}

/** Remembers what a verifier found, by a digest: a dump of the memory holds no tokens. */
export function createAuthenticator(
  verify: AccessTokenVerifier,
  { tokens = 10_000, now = Date.now }: Memory = {},
): Authenticator {
  const remembered = new Map<string, Remembered>();
  const remember = (key: string, entry: Remembered) => {
    remembered.delete(key);
    remembered.set(key, entry);
    if (remembered.size <= tokens) return;
    for (const oldest of remembered.keys()) {
      remembered.delete(oldest);
      break;
    }
  };
  return {
    recall(token) {
      const key = digest(token);
      const entry = remembered.get(key);
      if (entry === undefined || entry.untilMs <= now()) return undefined;
      remember(key, entry);
      return entry.caller;
    },
    async verify(token) {
      const found = await verify(token);
      switch (found.kind) {
        case "verified": {
          const { caller, expiresAt } = found;
          remember(digest(token), { caller, untilMs: Math.min(expiresAt * 1000, now() + RECHECK_MS) });
          return caller;
        }
        case "expired":
          throw invalidToken("The access token has expired; refresh the session for a new one");
        case "invalid":
          throw invalidToken("The access token is not valid; log in for a new one", "token-refused");
        case "keys-unavailable":
          throw unavailable("What access tokens are verified with", found.cause);
      }
    },
  };
}

const digest = (token: string) => hash("sha256", token, "base64url");

/** The token that came with a request is no good, in the words of RFC 6750. */
const invalidToken = (detail: string, security?: "token-refused") =>
  new Problem({
    status: 401,
    slug: "invalid-token",
    title: "Invalid access token",
    detail,
    headers: { "www-authenticate": 'Bearer error="invalid_token"' },
    security,
  });

/**
 * The access token of a request; undefined for somebody who does not claim to be logged in.
 *
 * @param authorization The header as it came.
 * @throws {Problem} 401 where it is there and has no token in it: who means to be somebody is never taken for nobody.
 */
export function bearerToken(authorization: string | undefined): string | undefined {
  if (authorization === undefined) return undefined;
  const token = /^Bearer +([\w.~+/-]+=*) *$/i.exec(authorization)?.[1];
  if (token !== undefined) return token;
  throw invalidToken("The Authorization header must be `Bearer` and an access token");
}
