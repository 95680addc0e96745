import { type Static, Type } from "typebox";
import { MAX_LINES, Quantity, Sku } from "./catalog-api.ts";
import { Currency, MinorUnits } from "./money.ts";
import { CardToken } from "./payment-api.ts";

/** `POST /orders`, with an `Idempotency-Key`. There are no prices: the catalog's are taken. */
export const OrderRequest = Type.Object(
  {
    customer: Type.Object(
      { email: Type.String({ format: "email", maxLength: 254 }) },
      { additionalProperties: false },
    ),
    lines: Type.Array(Type.Object({ sku: Sku, quantity: Quantity }, { additionalProperties: false }), {
      minItems: 1,
      maxItems: MAX_LINES,
    }),
    payment: Type.Object({ token: CardToken }, { additionalProperties: false }),
  },
  { additionalProperties: false },
);
export type OrderRequest = Static<typeof OrderRequest>;

/**
 * - `pending`: accepted; nothing is reserved yet
 * - `reserved`: stock and prices are held; payment is under way
 * - `paid`: the money was taken and the stock is the customer's
 * - `compensating`: it will not be; stock and money are on their way back
 * - `rejected`: it was not, and everything is back where it was
 */
export const ORDER_STATES = ["pending", "reserved", "paid", "compensating", "rejected"] as const;
export type OrderState = (typeof ORDER_STATES)[number];

/** One kind of goods in an order, at the price that was held for it. */
export const OrderLine = Type.Object({
  sku: Sku,
  name: Type.String(),
  quantity: Quantity,
  unitPrice: MinorUnits,
});
export type OrderLine = Static<typeof OrderLine>;

/** An order as the API shows it. Until stock is reserved it has no prices and no total. */
export const Order = Type.Object({
  id: Type.String({ format: "uuid" }),
  state: Type.Enum(ORDER_STATES),
  currency: Type.Optional(Currency),
  total: Type.Optional(MinorUnits),
  lines: Type.Array(
    Type.Object({
      sku: Sku,
      name: Type.Optional(Type.String()),
      quantity: Quantity,
      unitPrice: Type.Optional(MinorUnits),
    }),
  ),
  paymentId: Type.Optional(Type.String({ format: "uuid" })),
  createdAt: Type.String({ format: "date-time" }),
});
export type Order = Static<typeof Order>;

/** Kinds of problem that orders are answered with, beside those of the catalog and of payments. */
export const ORDER_PROBLEMS = {
  /** 404 */
  unknownOrder: "unknown-order",
  /** 409: the stock was held for as long as it can be, and the payment did not come through in time. */
  timedOut: "order-timed-out",
  /** 422: the goods cost nothing, or more than can be counted. */
  unpayable: "unpayable-total",
} as const;
