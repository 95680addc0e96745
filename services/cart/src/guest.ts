import { randomBytes } from "node:crypto";
import type { FastifyReply, FastifyRequest } from "fastify";
import { readCookie, writeCookie } from "../../chassis/index.ts";
import { CART_COOKIE, CART_TOKEN } from "../../contracts/cart-api.ts";
import { CART_LIFE_SECONDS } from "./cart-store.ts";

/** Where the public finds carts: behind the gateway's prefix. */
const PATH = "/api/cart";
/** So many random bytes cannot be guessed; in base64url they are a {@link CART_TOKEN}. */
const TOKEN_BYTES = 24;

/** A new guest's token. */
export const newGuestToken = (): string => randomBytes(TOKEN_BYTES).toString("base64url");

/** The token that a guest's browser sends; undefined where there is none, or what is sent cannot be one. */
export function guestToken(request: FastifyRequest): string | undefined {
  const token = readCookie(request, CART_COOKIE);
  return token !== undefined && CART_TOKEN.test(token) ? token : undefined;
}

/** Lets a guest's browser keep its token for as long as the cart may be kept; one that outlives its cart does no harm. */
export const keepGuestToken = (request: FastifyRequest, reply: FastifyReply, token: string): void => {
  setCookie(request, reply, token, CART_LIFE_SECONDS);
};

/** Lets the browser of somebody who has logged in forget the token. */
export const forgetGuestToken = (request: FastifyRequest, reply: FastifyReply): void => {
  setCookie(request, reply, "", 0);
};

const setCookie = (request: FastifyRequest, reply: FastifyReply, token: string, maxAge: number) =>
  reply.header(
    "set-cookie",
    writeCookie(request, CART_COOKIE, token, { path: PATH, maxAge, sameSite: "Lax" }),
  );
