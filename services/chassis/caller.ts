import type { FastifyRequest } from "fastify";
import { CALLER_HEADERS, isPermitted, type Permission, ROLES, type Role } from "../contracts/identity.ts";
import { clientAddress } from "./client-address.ts";
import { Problem } from "./problem.ts";

/** Somebody who is logged in, as the gateway has verified. */
export interface Caller {
  /** Id of their account, a UUID in lower case. */
  readonly id: string;
  readonly roles: readonly Role[];
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const isRole = (text: string): text is Role => (ROLES as readonly string[]).includes(text);

/**
 * Whose request it is, as the gateway says.
 *
 * @returns undefined for somebody who is not logged in, and for calls of other services.
 */
export function callerOf({ headers }: Pick<FastifyRequest, "headers">): Caller | undefined {
  const id = headers[CALLER_HEADERS.id];
  const roles = headers[CALLER_HEADERS.roles];
  if (typeof id !== "string" || !UUID.test(id) || typeof roles !== "string") return undefined;
  return { id, roles: roles.split(",").filter(isRole) };
}

/** Who sends a request, as a log may tell it. */
export interface Requester {
  readonly accountId?: string | undefined;
  /** Address of the person's computer. */
  readonly address: string;
}

/** The same, as the gateway says. */
export const requesterOf = (request: FastifyRequest): Requester => ({
  accountId: callerOf(request)?.id,
  address: clientAddress(request),
});

/**
 * The caller of something that needs a login.
 *
 * @throws {Problem} 401 when nobody is logged in.
 */
export function requireCaller(request: Pick<FastifyRequest, "headers">): Caller {
  const caller = callerOf(request);
  if (caller !== undefined) return caller;
  throw new Problem({
    status: 401,
    slug: "login-required",
    title: "Login required",
    detail: "Log in and send the access token as `Authorization: Bearer …`",
  });
}

/**
 * The caller of something that not everybody may do.
 *
 * @throws {Problem} 401 when nobody is logged in, 403 when their roles are not enough.
 */
export function requirePermission(request: Pick<FastifyRequest, "headers">, permission: Permission): Caller {
  const caller = requireCaller(request);
  if (isPermitted(caller.roles, permission)) return caller;
  throw notPermitted(permission);
}

/** Somebody is logged in, and their roles are not enough. */
export const notPermitted = (permission: Permission): Problem =>
  new Problem({
    status: 403,
    slug: "not-permitted",
    title: "Not permitted",
    detail: `This needs the permission ${permission}, which your roles do not give`,
    extensions: { permission },
    security: "permission-refused",
  });
