import { Type } from "typebox";
import { type Api, ProblemDetails, requireCaller, requirePermission } from "../../chassis/index.ts";
import {
  Account,
  AccountChange,
  AccountExport,
  AccountList,
  DeletionRequest,
  RegistrationRequest,
  RolesRequest,
} from "../../contracts/account-api.ts";
import { canonicalEmail, findAccount, findByEmail, renameAccount, showAccount } from "./accounts.ts";
import { keepRefreshToken } from "./answer-session.ts";
import { type LoginParts, provePassword } from "./login.ts";
import { lockAccount, type ManageParts, setRoles, unlockAccount } from "./manage-accounts.ts";
import { deleteAccount, exportAccount } from "./own-account.ts";
import { unknownAccount } from "./problems.ts";
import { originOf } from "./session-routes.ts";

const AccountParams = Type.Object({ accountId: Type.String({ format: "uuid" }) });
const EmailQuery = Type.Object({ email: RegistrationRequest.properties.email });
const problems = { "4xx": ProblemDetails, "5xx": ProblemDetails };

/** Accounts as their owners and staff see them; the gateway leads here from `/api/accounts`. */
export function registerAccountRoutes(api: Api, parts: ManageParts & LoginParts): void {
  const { database, box, tell } = parts;

  api.get(
    "/accounts/me",
    { schema: { summary: "One's account", response: { 200: Account, ...problems } } },
    async (request) => {
      const { id } = requireCaller(request);
      const account = await findAccount(database, id);
      if (account === undefined) throw unknownAccount(id);
      return showAccount(account);
    },
  );

  api.patch(
    "/accounts/me",
    {
      schema: { summary: "Change one's name", body: AccountChange, response: { 200: Account, ...problems } },
    },
    async (request) => {
      const { id } = requireCaller(request);
      const { name } = request.body;
      const account =
        name === undefined ? await findAccount(database, id) : await renameAccount(database, id, name);
      if (account === undefined) throw unknownAccount(id);
      return showAccount(account);
    },
  );

  api.post(
    "/accounts/me/deletion",
    {
      schema: {
        summary: "Delete one's account",
        description: "All that names a person is removed at once, and cannot be brought back.",
        body: DeletionRequest,
        response: { 204: Type.Null(), ...problems },
      },
    },
    async (request, reply) => {
      const { id } = requireCaller(request);
      const account = await findAccount(database, id);
      if (account === undefined) throw unknownAccount(id);
      const own = await provePassword(parts, account, request.body.password, originOf(request));
      await deleteAccount(database, box, id);
      await parts.attempts.settle([own], []);
      tell("deleted", { accountId: id, requestId: request.id });
      keepRefreshToken(request, reply, undefined);
      return reply.code(204).send(null);
    },
  );

  api.get(
    "/accounts/me/export",
    { schema: { summary: "All that is kept about one", response: { 200: AccountExport, ...problems } } },
    async (request) => {
      const { id } = requireCaller(request);
      const account = await findAccount(database, id);
      if (account === undefined) throw unknownAccount(id);
      return exportAccount(database, box, account);
    },
  );

  api.get(
    "/accounts",
    {
      schema: {
        summary: "Find the account of an e-mail address",
        description: "Needs the permission accounts:read.",
        querystring: EmailQuery,
        response: { 200: AccountList, ...problems },
      },
    },
    async (request) => {
      requirePermission(request, "accounts:read");
      const account = await findByEmail(database, canonicalEmail(request.query.email));
      return { items: account === undefined ? [] : [showAccount(account)] };
    },
  );

  api.get(
    "/accounts/:accountId",
    {
      schema: {
        summary: "One account",
        description: "Needs the permission accounts:read.",
        params: AccountParams,
        response: { 200: Account, ...problems },
      },
    },
    async (request) => {
      requirePermission(request, "accounts:read");
      const { accountId } = request.params;
      const account = await findAccount(database, accountId);
      if (account === undefined) throw unknownAccount(accountId);
      return showAccount(account);
    },
  );

  api.put(
    "/accounts/:accountId/roles",
    {
      schema: {
        summary: "Give an account its roles",
        description: "Needs the permission accounts:manage. Somebody stays who may do this.",
        params: AccountParams,
        body: RolesRequest,
        response: { 200: Account, ...problems },
      },
    },
    async (request) => {
      const caller = requirePermission(request, "accounts:manage");
      return showAccount(await setRoles(parts, caller, request.params.accountId, request.body.roles));
    },
  );

  api.put(
    "/accounts/:accountId/lock",
    {
      schema: {
        summary: "Lock an account",
        description: "Needs the permission accounts:manage. Its sessions end.",
        params: AccountParams,
        response: { 204: Type.Null(), ...problems },
      },
    },
    async (request, reply) => {
      await lockAccount(parts, requirePermission(request, "accounts:manage"), request.params.accountId);
      return reply.code(204).send(null);
    },
  );

  api.delete(
    "/accounts/:accountId/lock",
    {
      schema: {
        summary: "Unlock an account",
        description: "Needs the permission accounts:manage.",
        params: AccountParams,
        response: { 204: Type.Null(), ...problems },
      },
    },
    async (request, reply) => {
      await unlockAccount(parts, requirePermission(request, "accounts:manage"), request.params.accountId);
      return reply.code(204).send(null);
    },
  );
}
