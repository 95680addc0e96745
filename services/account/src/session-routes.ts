import type { FastifyReply, FastifyRequest } from "fastify";
import { Type } from "typebox";
import { type Api, clientAddress, ProblemDetails, readCookie, requireCaller } from "../../chassis/index.ts";
import { LoginRequest, PasswordChange, Session } from "../../contracts/account-api.ts";
import { findAccount } from "./accounts.ts";
import { keepDevice, keepRefreshToken, REFRESH_COOKIE, showSession } from "./answer-session.ts";
import { DEVICE_COOKIE } from "./devices.ts";
import { changePassword, type LoggedIn, type LoginParts, logIn, type Origin } from "./login.ts";
import { badSession } from "./problems.ts";
import { endSessions } from "./sessions.ts";
import type { SigningKeys } from "./signing-keys.ts";

const problems = { "4xx": ProblemDetails, "5xx": ProblemDetails };

/** Where a request comes from. */
export const originOf = (request: FastifyRequest): Origin => ({
  address: clientAddress(request),
  requestId: request.id,
  device: readCookie(request, DEVICE_COOKIE),
});

/** Logging in, staying so, and logging out; the gateway leads here from `/api/sessions`. */
export function registerSessionRoutes(api: Api, parts: LoginParts, keys: SigningKeys): void {
  const answer = (
    request: FastifyRequest,
    reply: FastifyReply,
    { account, session, newDevice }: LoggedIn,
  ) => {
    keepRefreshToken(request, reply, session);
    if (newDevice !== undefined) keepDevice(request, reply, newDevice);
    return showSession(keys, account, session);
  };

  api.post(
    "/sessions",
    {
      schema: { summary: "Log in", body: LoginRequest, response: { 201: Session, ...problems } },
    },
    async (request, reply) => {
      const loggedIn = await logIn(parts, request.body, originOf(request));
      return reply.code(201).send(await answer(request, reply, loggedIn));
    },
  );

  api.post(
    "/sessions/refresh",
    {
      schema: {
        summary: "Get a new access token",
        description: "The cookie `refresh` says for which session; the answer brings the next one.",
        response: { 200: Session, ...problems },
      },
    },
    async (request, reply) => {
      const token = readCookie(request, REFRESH_COOKIE);
      const refreshed = token ? await parts.sessions.refresh(token) : undefined;
      if (refreshed?.kind === "reused") {
        const { accountId, sessionId } = refreshed;
        const { address, requestId } = originOf(request);
        parts.tell("refresh-reused", { accountId, sessionId, address, requestId });
      }
      const account =
        refreshed?.kind === "refreshed" ? await findAccount(parts.database, refreshed.accountId) : undefined;
      if (refreshed?.kind !== "refreshed" || account === undefined) {
        if (token !== undefined) keepRefreshToken(request, reply, undefined);
        throw badSession();
      }
      keepRefreshToken(request, reply, refreshed);
      return showSession(keys, account, refreshed);
    },
  );

  api.delete(
    "/sessions/current",
    {
      schema: {
        summary: "Log out",
        description: "Access tokens that are out stay good until they expire.",
        response: { 204: Type.Null(), ...problems },
      },
    },
    async (request, reply) => {
      const token = readCookie(request, REFRESH_COOKIE);
      const ended = token && (await parts.sessions.end(token));
      if (ended) parts.tell("logout", ended);
      keepRefreshToken(request, reply, undefined);
      return reply.code(204).send(null);
    },
  );

  api.delete(
    "/sessions",
    { schema: { summary: "Log out everywhere", response: { 204: Type.Null(), ...problems } } },
    async (request, reply) => {
      const { id } = requireCaller(request);
      await endSessions(parts.database, id, "logout-everywhere");
      parts.tell("logout-everywhere", { accountId: id });
      keepRefreshToken(request, reply, undefined);
      return reply.code(204).send(null);
    },
  );

  api.put(
    "/accounts/me/password",
    {
      schema: {
        summary: "Change one's password",
        description: "Every session ends, and the answer brings a new one.",
        body: PasswordChange,
        response: { 200: Session, ...problems },
      },
    },
    async (request, reply) => {
      const { id } = requireCaller(request);
      return answer(request, reply, await changePassword(parts, id, request.body, originOf(request)));
    },
  );
}
