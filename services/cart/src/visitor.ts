import type { FastifyReply, FastifyRequest } from "fastify";
import { callerOf } from "../../chassis/index.ts";
import { type CartStore, type Changed, guestCart, type Merged, userCart } from "./cart-store.ts";
import { forgetGuestToken, guestToken, newGuestToken } from "./guest.ts";

/** Whose cart a request is about. */
export interface Visitor {
  /** Its name in the store. */
  readonly cart: string;
  /** The token of a guest, made up where they sent none; undefined for somebody who is logged in. */
  readonly guest?: string;
  /** The guest's cart that came with the request of somebody who is logged in, and is theirs now. */
  readonly merged?: Changed<Merged>;
}

/**
 * Tells whose cart a request is about. Somebody who is logged in has their own, which takes over the one that they
 * had as a guest; the request may be repeated, as nothing is taken over twice.
 */
export async function visitorOf(
  request: FastifyRequest,
  reply: FastifyReply,
  store: CartStore,
): Promise<Visitor> {
  const caller = callerOf(request);
  const token = guestToken(request);
  if (caller === undefined) {
    const guest = token ?? newGuestToken();
    return { cart: guestCart(guest), guest };
  }
  const cart = userCart(caller.id);
  if (token === undefined) return { cart };
  const merged = await store.merge(guestCart(token), cart);
  forgetGuestToken(request, reply);
  return merged.result.moved ? { cart, merged } : { cart };
}
