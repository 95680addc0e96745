import type { FastifyReply, FastifyRequest } from "fastify";
import { writeCookie } from "../../chassis/index.ts";
import type { Session } from "../../contracts/account-api.ts";
import { ACCESS_TOKEN_AGE, issueAccessToken } from "./access-tokens.ts";
import { type AccountRow, showAccount } from "./accounts.ts";
import { DEVICE_COOKIE, DEVICE_COOKIE_AGE } from "./devices.ts";
import type { OpenSession } from "./sessions.ts";
import type { SigningKeys } from "./signing-keys.ts";

/** The cookie that carries a session on. */
export const REFRESH_COOKIE = "refresh";

/** Public path that both cookies are for: nothing else ever sees them. */
const PATH = "/api/sessions";

/** Gives the browser the refresh token, or takes it away where there is no session any more. */
export function keepRefreshToken(
  request: FastifyRequest,
  reply: FastifyReply,
  session: Pick<OpenSession, "refreshToken" | "secondsLeft"> | undefined,
): void {
  const options = { path: PATH, maxAge: session?.secondsLeft ?? 0, sameSite: "Strict" } as const;
  reply.header("set-cookie", writeCookie(request, REFRESH_COOKIE, session?.refreshToken ?? "", options));
}

/** Lets a device be recognised when it logs in again. */
export function keepDevice(request: FastifyRequest, reply: FastifyReply, device: string): void {
  const options = { path: PATH, maxAge: DEVICE_COOKIE_AGE, sameSite: "Strict" } as const;
  reply.header("set-cookie", writeCookie(request, DEVICE_COOKIE, device, options));
}

/** The answer to a login or refresh. */
export async function showSession(
  keys: SigningKeys,
  account: AccountRow,
  { sessionId }: OpenSession,
): Promise<Session> {
  const claims = { sub: account.id, roles: account.roles, sid: sessionId };
  return {
    accessToken: await issueAccessToken(keys, claims),
    expiresIn: ACCESS_TOKEN_AGE,
    account: showAccount(account),
  };
}
