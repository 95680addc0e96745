import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import type { FastifyRequest } from "fastify";
import { type Caller, callerOf } from "../../chassis/index.ts";
import { isPermitted, type Permission } from "../../contracts/identity.ts";
import { ORDER_TOKEN_HEADER } from "../../contracts/order-api.ts";

type Headers = Pick<FastifyRequest, "headers">;

/** Who made a move that nobody asked for. */
export const SYSTEM = "system";
/** Who made a move with an order's token. */
export const GUEST = "guest";

const sha256 = (text: string): Buffer => createHash("sha256").update(text).digest();

/** Tokens by which somebody who is not logged in proves that an order is theirs. */
export interface OrderTokens {
  /** The token of an order: 256 bits that nobody without the key can tell. Always the same one. */
  tokenOf(orderId: string): string;
}

/**
 * Makes the tokens of guests' orders from a key, so that a repeated request can be given its token again although
 * the database holds nothing but a digest of it.
 *
 * @param key Secret of the order service; the tokens of known orders stay valid when it changes.
 */
export const orderTokens = (key: string): OrderTokens => ({
  tokenOf: (orderId) => createHmac("sha256", key).update(`order-token/${orderId}`).digest("base64url"),
});

/** What the database keeps of a token. */
export const hashToken = (token: string): Buffer => sha256(token);

/**
 * Whose idempotency keys a request's key is one of: keys of different buyers never meet. Guests are told apart by
 * their mail address; who repeats a guest's request must know all of it, the card's token included.
 */
export const keyScope = (caller: Caller | undefined, email: string): string =>
  caller === undefined ? `guest:${sha256(email.toLowerCase()).toString("base64url")}` : `user:${caller.id}`;

/** Whose an order is, as it is stored. */
export interface Ownership {
  readonly userId: string | undefined;
  /** Digest of a guest's token. */
  readonly tokenHash: Buffer | undefined;
}

/** Somebody who may do something with an order. */
export interface Actor {
  /** Whether it is their own order; else their permission lets them. */
  readonly isBuyer: boolean;
  /** Id of their account, or {@link GUEST}. */
  readonly by: string;
}

/**
 * Who asks for something about an order.
 *
 * @param permission Lets somebody do it whose order it is not.
 * @returns undefined for somebody who may not; they are told that there is no such order.
 */
export function actorOn(request: Headers, order: Ownership, permission: Permission): Actor | undefined {
  const caller = callerOf(request);
  if (caller !== undefined && caller.id === order.userId) return { isBuyer: true, by: caller.id };
  if (caller !== undefined && isPermitted(caller.roles, permission)) return { isBuyer: false, by: caller.id };
  const token = request.headers[ORDER_TOKEN_HEADER];
  if (typeof token !== "string" || order.tokenHash === undefined) return undefined;
  return timingSafeEqual(sha256(token), order.tokenHash) ? { isBuyer: true, by: GUEST } : undefined;
}

/** Who made a move, as others are told: staff by name only to staff. */
export function shownActor(by: string, { userId }: Ownership, toStaff: boolean): string {
  if (by === SYSTEM) return SYSTEM;
  if (toStaff && by !== GUEST) return by;
  return by === GUEST || by === userId ? "buyer" : "shop";
}
