import type { FastifyReply, FastifyRequest } from "fastify";
import { Type } from "typebox";
import { type Api, ProblemDetails } from "../../chassis/index.ts";
import {
  MailedToken,
  NewPasswordRequest,
  PasswordResetRequest,
  RegistrationRequest,
} from "../../contracts/account-api.ts";
import { keepDevice } from "./answer-session.ts";
import type { Devices } from "./devices.ts";
import { requestReset, resetPassword } from "./password-reset.ts";
import { type RegistrationParts, register, verifyEmail } from "./registration.ts";

const TokenParams = Type.Object({ token: MailedToken });
const problems = { "4xx": ProblemDetails, "5xx": ProblemDetails };

/** What people do who are not logged in: register, confirm their address, and set a forgotten password. */
export function registerRegistrationRoutes(
  api: Api,
  parts: RegistrationParts & { readonly devices: Devices },
): void {
  /** Who has read the owner's mail gets in from this device, however much strangers guess at the account. */
  const welcome = (request: FastifyRequest, reply: FastifyReply, email: string) =>
    keepDevice(request, reply, parts.devices.issue(email));

  api.post(
    "/accounts",
    {
      schema: {
        summary: "Register",
        description:
          "The answer is the same whether or not the address has an account; a mail tells its owner.",
        body: RegistrationRequest,
        response: { 202: Type.Null(), ...problems },
      },
    },
    async (request, reply) => {
      await register(parts, request.body);
      return reply.code(202).send(null);
    },
  );

  api.put(
    "/email-verifications/:token",
    {
      schema: {
        summary: "Confirm an e-mail address",
        params: TokenParams,
        response: { 204: Type.Null(), ...problems },
      },
    },
    async (request, reply) => {
      welcome(request, reply, await verifyEmail(parts, request.params.token));
      return reply.code(204).send(null);
    },
  );

  api.post(
    "/password-resets",
    {
      schema: {
        summary: "Ask for a link that sets a new password",
        description: "The answer is the same whether or not the address has an account.",
        body: PasswordResetRequest,
        response: { 202: Type.Null(), ...problems },
      },
    },
    async (request, reply) => {
      await requestReset(parts, request.body.email);
      return reply.code(202).send(null);
    },
  );

  api.put(
    "/password-resets/:token",
    {
      schema: {
        summary: "Set a new password",
        description: "Works once a link, and ends every session.",
        params: TokenParams,
        body: NewPasswordRequest,
        response: { 204: Type.Null(), ...problems },
      },
    },
    async (request, reply) => {
      const email = await resetPassword(parts, request.params.token, request.body.password);
      welcome(request, reply, email);
      return reply.code(204).send(null);
    },
  );
}
