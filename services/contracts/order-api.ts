import { type Static, Type } from "typebox";
import { Address, Country, ShippingMethod } from "./address.ts";
import { MAX_LINES, ProductId, Quantity, Sku } from "./catalog-api.ts";
import { TrackingNumber } from "./logistics-api.ts";
import { Currency, MinorUnits } from "./money.ts";
import { CardToken, PositiveMinorUnits } from "./payment-api.ts";

/** So many pieces of something. Prices are never taken from a request. */
const WantedLines = Type.Array(
  Type.Object({ sku: Sku, quantity: Quantity }, { additionalProperties: false }),
  { minItems: 1, maxItems: MAX_LINES },
);
/** Words of a person, shown to people. */
const Words = Type.String({
  minLength: 1,
  maxLength: 500,
  pattern: "^[^\\u0000-\\u001f\\u007f\\ud800-\\udfff]+$",
});

/** `POST /orders`, with an `Idempotency-Key`. There are no prices to order at: the catalog's are taken. */
export const OrderRequest = Type.Object(
  {
    customer: Type.Object(
      { email: Type.String({ format: "email", maxLength: 254 }) },
      { additionalProperties: false },
    ),
    shipTo: Address,
    /** `standard` where it is not said. */
    shipping: Type.Optional(ShippingMethod),
    lines: WantedLines,
    payment: Type.Object({ token: CardToken }, { additionalProperties: false }),
    /**
     * What the buyer has seen that it costs: the total of a {@link Quote}. Where it costs something else by now, the order
     * is rejected with 409 `price-changed` and the new quote. Left out, it costs what it costs.
     */
    agreed: Type.Optional(
      Type.Object({ total: PositiveMinorUnits, currency: Currency }, { additionalProperties: false }),
    ),
  },
  { additionalProperties: false },
);
export type OrderRequest = Static<typeof OrderRequest>;

/** `POST /orders/quotes`: what these goods would cost now. Nothing is stored or held. */
export const QuoteRequest = Type.Object(
  { lines: WantedLines, country: Country, shipping: Type.Optional(ShippingMethod) },
  { additionalProperties: false },
);
export type QuoteRequest = Static<typeof QuoteRequest>;

/**
 * - `pending`: accepted; nothing is reserved yet
 * - `reserved`: stock and prices are held; payment is under way
 * - `paid`: the money was taken and the stock is the customer's
 * - `shipped`: the parcel is with the carrier
 * - `delivered`: the parcel has arrived
 * - `cancelling`: it will not be sent if it is not too late for that; then money and stock go back
 * - `cancelled`: it was paid, and everything is back where it was
 * - `refunded`: all of the money was given back
 * - `compensating`: it will not be; stock and money are on their way back
 * - `rejected`: it was not, and everything is back where it was
 */
export const ORDER_STATES = [
  "pending",
  "reserved",
  "paid",
  "shipped",
  "delivered",
  "cancelling",
  "cancelled",
  "refunded",
  "compensating",
  "rejected",
] as const;
export type OrderState = (typeof ORDER_STATES)[number];

/** What an order costs, in minor units: goods + shipping = total. Prices are gross. */
export const Totals = Type.Object({
  goods: MinorUnits,
  shipping: MinorUnits,
  /** Value added tax that is included in the total. */
  tax: MinorUnits,
  total: MinorUnits,
});
export type Totals = Static<typeof Totals>;

/** One kind of goods in an order, at the price that was held for it. */
export const OrderLine = Type.Object({
  sku: Sku,
  productId: ProductId,
  name: Type.String(),
  quantity: Quantity,
  unitPrice: MinorUnits,
});
export type OrderLine = Static<typeof OrderLine>;

/** The answer to a {@link QuoteRequest}. */
export const Quote = Type.Object({
  currency: Currency,
  totals: Totals,
  lines: Type.Array(OrderLine),
  country: Country,
  shipping: ShippingMethod,
  /** Rate of the tax in hundredths of a per cent, such as 1900. */
  taxRate: Type.Integer({ minimum: 0, maximum: 10_000 }),
});
export type Quote = Static<typeof Quote>;

/** An order as the API shows it. Until stock is reserved it has no prices and no totals. */
export const Order = Type.Object({
  id: Type.String({ format: "uuid" }),
  state: Type.Enum(ORDER_STATES),
  currency: Type.Optional(Currency),
  totals: Type.Optional(Totals),
  /** Money that was given back. */
  refunded: MinorUnits,
  lines: Type.Array(
    Type.Object({
      sku: Sku,
      productId: Type.Optional(ProductId),
      name: Type.Optional(Type.String()),
      quantity: Quantity,
      unitPrice: Type.Optional(MinorUnits),
      /** Pieces whose money was given back, or is on its way. */
      returned: Type.Optional(Type.Integer({ minimum: 0 })),
      /** Pieces that the buyer wants to send back, and that have not arrived. */
      awaited: Type.Optional(Type.Integer({ minimum: 0 })),
    }),
  ),
  /** Missing once it was erased, some time after the order's end. */
  shipTo: Type.Optional(Address),
  shipping: ShippingMethod,
  paymentId: Type.Optional(Type.String({ format: "uuid" })),
  tracking: Type.Optional(Type.Object({ carrier: Type.String(), trackingNumber: TrackingNumber })),
  /** When the parcel arrived; the time to withdraw from the purchase runs from then. */
  deliveredAt: Type.Optional(Type.String({ format: "date-time" })),
  createdAt: Type.String({ format: "date-time" }),
  /** Only in the answer to the `POST` of somebody who is not logged in; see {@link ORDER_TOKEN_HEADER}. */
  accessToken: Type.Optional(Type.String()),
});
export type Order = Static<typeof Order>;

/**
 * Header by which somebody who is not logged in proves that an order is theirs, with the `accessToken` they got for
 * it. `GET /orders/{id}` and everything under it take it.
 */
export const ORDER_TOKEN_HEADER = "order-token";

/** `GET /orders?limit&after`: the caller's, the newest first; with `orders:read` also `?customer=email`. */
export const OrderPage = Type.Object({
  items: Type.Array(Order),
  /** Pass it as `after` for the next page; null on the last one. */
  next: Type.Union([Type.String(), Type.Null()]),
});
export type OrderPage = Static<typeof OrderPage>;

/**
 * `POST /orders/{id}/cancellation`: 200 with the cancelled order. It can be repeated as it is: an order is cancelled
 * once, so it needs no `Idempotency-Key`. 409 `already-dispatched` once the parcel is with the carrier. All goods go back
 * into stock, and the money that was not given back before.
 */
export const CancellationRequest = Type.Object(
  { reason: Type.Optional(Words) },
  { additionalProperties: false },
);
export type CancellationRequest = Static<typeof CancellationRequest>;

/**
 * `POST /orders/{id}/refunds`, with an `Idempotency-Key`: 201 with the refund, 202 while the payment is away; it is
 * then done in the background. Everything that is left where neither lines nor amount are named.
 *
 * Needs `orders:refund`, and is never for an order of one's own: a buyer asks for a {@link GoodsReturn}. While the order
 * is `paid` only a part of the money, by `amount` alone: the parcel is still to leave and a refund does not stop it, so
 * whatever else is asked for is answered with 409 `cancel-instead`. Its remedy is {@link CancellationRequest}; where that
 * answers 409 `already-dispatched`, the same refund is possible as soon as the order is `shipped`.
 */
export const RefundRequest = Type.Object(
  {
    lines: Type.Optional(WantedLines),
    /** Instead of the price of the lines. */
    amount: Type.Optional(PositiveMinorUnits),
    reason: Words,
    /** Whether the pieces of the lines are back on the shelf and may be sold again. Never while the order is `paid`. */
    restock: Type.Optional(Type.Boolean()),
  },
  { additionalProperties: false },
);
export type RefundRequest = Static<typeof RefundRequest>;

export const REFUND_STATES = ["pending", "done", "failed"] as const;
export type RefundState = (typeof REFUND_STATES)[number];

/** Money that goes back. */
export const Refund = Type.Object({
  id: Type.String({ format: "uuid" }),
  orderId: Type.String({ format: "uuid" }),
  state: Type.Enum(REFUND_STATES),
  /** 0 for goods that came back when all money had been given back before. */
  amount: MinorUnits,
  currency: Currency,
  lines: Type.Array(Type.Object({ sku: Sku, quantity: Quantity })),
  reason: Type.String(),
  restock: Type.Boolean(),
  createdAt: Type.String({ format: "date-time" }),
});
export type Refund = Static<typeof Refund>;

/**
 * `POST /orders/{id}/returns`, with an `Idempotency-Key`: 201 with the {@link GoodsReturn}. Within 14 days after delivery;
 * with `orders:refund` also later. All pieces that are left where no lines are named. No money moves before they have
 * arrived.
 */
export const GoodsReturnRequest = Type.Object(
  { lines: Type.Optional(WantedLines), reason: Words },
  { additionalProperties: false },
);
export type GoodsReturnRequest = Static<typeof GoodsReturnRequest>;

/**
 * - `requested`: the shop waits for the goods
 * - `received`: they are here; their money is back, or on its way
 * - `withdrawn`: they do not come
 */
export const GOODS_RETURN_STATES = ["requested", "received", "withdrawn"] as const;
export type GoodsReturnState = (typeof GOODS_RETURN_STATES)[number];

/**
 * Goods that a buyer sends back. `GET /orders/returns?limit&after`, with `returns:receive`: those that are waited for,
 * the oldest first.
 *
 * `POST /orders/{id}/returns/{id}/withdrawal`: the buyer, or who has `returns:receive`, says that they do not come; 200.
 */
export const GoodsReturn = Type.Object({
  id: Type.String({ format: "uuid" }),
  orderId: Type.String({ format: "uuid" }),
  state: Type.Enum(GOODS_RETURN_STATES),
  lines: Type.Array(Type.Object({ sku: Sku, quantity: Quantity })),
  reason: Type.String(),
  createdAt: Type.String({ format: "date-time" }),
  /** When they arrived, or it was said that they do not come. */
  closedAt: Type.Optional(Type.String({ format: "date-time" })),
});
export type GoodsReturn = Static<typeof GoodsReturn>;

/** `GET /orders/returns` */
export const GoodsReturnPage = Type.Object({
  items: Type.Array(GoodsReturn),
  /** Pass it as `after` for the next page; null on the last one. */
  next: Type.Union([Type.String(), Type.Null()]),
});
export type GoodsReturnPage = Static<typeof GoodsReturnPage>;

/**
 * `POST /orders/{id}/returns/{id}/receipt`, with `returns:receive`: the goods are here. 200 with the {@link Refund} of
 * their price, 202 while the payment is away; it is then done in the background. Goods are received once: repeated, it
 * answers the same and changes nothing.
 */
export const ReceiptRequest = Type.Object(
  {
    /** Whether they go back into stock; not where they are broken. `true` where it is not said. */
    restock: Type.Optional(Type.Boolean()),
  },
  { additionalProperties: false },
);
export type ReceiptRequest = Static<typeof ReceiptRequest>;

/**
 * `GET /orders/{id}/history`: the oldest first. `by` is `buyer`, `shop` or `system`; who may read all orders is told
 * the account's id instead of `shop`, and of `buyer` where they were logged in.
 */
export const OrderHistory = Type.Object({
  items: Type.Array(
    Type.Object({
      state: Type.Enum(ORDER_STATES),
      since: Type.String({ format: "date-time" }),
      by: Type.String(),
      reason: Type.Optional(Type.String()),
    }),
  ),
  refunds: Type.Array(Type.Intersect([Refund, Type.Object({ by: Type.String() })])),
  returns: Type.Array(Type.Intersect([GoodsReturn, Type.Object({ by: Type.String() })])),
});
export type OrderHistory = Static<typeof OrderHistory>;

/** Kinds of problem that orders are answered with, beside those of the catalog, of payments and of shipments. */
export const ORDER_PROBLEMS = {
  /** 404: there is none, or it is somebody else's. */
  unknownOrder: "unknown-order",
  /** 409: the stock was held for as long as it can be, and the payment did not come through in time. */
  timedOut: "order-timed-out",
  /** 422: the goods cost nothing, more than can be counted, or in a currency that nothing is shipped for. */
  unpayable: "unpayable-total",
  /** 409: it costs something else than was agreed. Extension: `quote`, a {@link Quote} of what it costs now. */
  priceChanged: "price-changed",
  /** 422: nothing is shipped to this country. Extension: `country`. */
  notShippedTo: "country-not-shipped-to",
  /** 409: the order is not in a state that allows it. Extension: `state`. */
  illegalMove: "illegal-order-move",
  /** 409: goods, or all of the money, are asked back of an order whose parcel may still leave. Extension: `state`. */
  cancelInstead: "cancel-instead",
  /** 409: more is asked back than is left. Extension: `left` (minor units), or `sku` and `left` (pieces). */
  notRefundable: "not-refundable",
  /** 404: the order has no such return. */
  unknownReturn: "unknown-return",
  /** 409: the goods of the return have arrived, or do not come. Extension: `state`. */
  illegalReturnMove: "illegal-return-move",
  /** 409: the time to withdraw from the purchase is over. Extension: `until`. */
  withdrawalOver: "withdrawal-over",
} as const;
