import type { FastifyReply, FastifyRequest } from "fastify";
import { Type } from "typebox";
import { type Api, Problem, ProblemDetails, requireCaller } from "../../chassis/index.ts";
import { CART_PROBLEMS, Cart, CartLineRequest } from "../../contracts/cart-api.ts";
import { MAX_LINES, Sku } from "../../contracts/catalog-api.ts";
import { type CartStore, type Changed, guestCart, type StoredLine } from "./cart-store.ts";
import type { CatalogPrices } from "./catalog-prices.ts";
import { keepGuestToken, newGuestToken } from "./guest.ts";
import { priceCart } from "./price.ts";
import { type Visitor, visitorOf } from "./visitor.ts";

const LineParams = Type.Object({ sku: Sku });
const response = { 200: Cart, "4xx": ProblemDetails, "5xx": ProblemDetails };

/** What a change of a cart came to. */
interface Change extends Changed<StoredLine[]> {
  /** Token of the guest who was given this cart. */
  readonly newGuest?: string;
}

/** What carts are kept and shown with. */
export interface CartDesk {
  readonly store: CartStore;
  readonly prices: CatalogPrices;
  /**
   * Asked before a guest is given a new cart.
   *
   * @throws {Problem} 429 where their address has had too many.
   */
  readonly newCarts: (request: FastifyRequest) => Promise<void>;
}

/** The HTTP face of carts; the gateway leads here from `/api/cart`. */
export function registerCartRoutes(api: Api, { store, prices, newCarts }: CartDesk): void {
  /** Answers a cart with the prices of this moment, and how safe is what `changes` did to it. */
  const show = async (
    request: FastifyRequest,
    { merged }: Visitor,
    lines: readonly StoredLine[],
    changes: readonly Changed<unknown>[],
  ): Promise<Cart> => {
    const leftOut = merged?.result.leftOut ?? [];
    return {
      ...priceCart(lines, await prices.of(lines, request.id)),
      ...(leftOut.length > 0 && { leftOut: [...leftOut] }),
      ...(changes.length > 0 && { replicated: changes.every(({ replicated }) => replicated) }),
    };
  };
  const read = async (request: FastifyRequest, reply: FastifyReply): Promise<Cart> => {
    const visitor = await visitorOf(request, reply, store);
    const changes = visitor.merged === undefined ? [] : [visitor.merged];
    return show(request, visitor, await store.read(visitor.cart), changes);
  };
  const change = async (
    request: FastifyRequest,
    reply: FastifyReply,
    work: (visitor: Visitor) => Promise<Change>,
  ): Promise<Cart> => {
    const visitor = await visitorOf(request, reply, store);
    const changed = await work(visitor);
    const guest = changed.newGuest ?? visitor.guest;
    if (guest !== undefined && changed.result.length > 0) keepGuestToken(request, reply, guest);
    const changes = visitor.merged === undefined ? [changed] : [visitor.merged, changed];
    return show(request, visitor, changed.result, changes);
  };
  /** Sets a line. A guest whose token nobody knows is given a cart by a token of ours, whatever theirs was. */
  const put = async (
    request: FastifyRequest,
    { cart, guest }: Visitor,
    line: StoredLine,
  ): Promise<Change> => {
    if (guest === undefined) return fitting(await store.set(cart, line));
    const { result, replicated } = await store.setIfThere(cart, line);
    if (result !== "not there") return fitting({ result, replicated });
    await newCarts(request);
    const newGuest = newGuestToken();
    return { ...fitting(await store.set(guestCart(newGuest), line)), newGuest };
  };

  api.get("/cart", { schema: { summary: "Read the cart, with the prices of this moment", response } }, read);

  api.post(
    "/cart/merge",
    { schema: { summary: "Take over what I had in the cart as a guest", response } },
    (request, reply) => {
      requireCaller(request);
      return read(request, reply);
    },
  );

  api.put(
    "/cart/lines/:sku",
    {
      schema: {
        summary: "Say how many of something I want",
        params: LineParams,
        body: CartLineRequest,
        response,
      },
    },
    (request, reply) =>
      change(request, reply, (visitor) =>
        put(request, visitor, { sku: request.params.sku, quantity: request.body.quantity }),
      ),
  );

  api.delete(
    "/cart/lines/:sku",
    { schema: { summary: "Take something out of the cart", params: LineParams, response } },
    (request, reply) => change(request, reply, ({ cart }) => store.remove(cart, request.params.sku)),
  );

  api.delete("/cart", { schema: { summary: "Empty the cart", response } }, (request, reply) =>
    change(request, reply, ({ cart }) => store.clear(cart)),
  );
}

/** @throws {Problem} 409 where a new line found no room. */
function fitting({ result, replicated }: Changed<StoredLine[] | "full">): Changed<StoredLine[]> {
  if (result === "full") throw cartFull();
  return { result, replicated };
}

const cartFull = (): Problem =>
  new Problem({
    status: 409,
    slug: CART_PROBLEMS.full,
    title: "Cart full",
    detail: `A cart holds ${MAX_LINES} different goods, as many as an order may have; order or remove some first`,
  });
