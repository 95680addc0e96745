import { type Static, Type } from "typebox";
import { Currency, MinorUnits } from "./money.ts";

/** Stock keeping unit: what a product's variant is ordered by. */
export const Sku = Type.String({ minLength: 1, maxLength: 64, pattern: "^[A-Za-z0-9._-]+$" });
/** What a product is called in addresses; its variants have SKUs. */
export const ProductId = Type.String({ minLength: 1, maxLength: 64, pattern: "^[a-z0-9]+(-[a-z0-9]+)*$" });
/** Pieces of one line. */
export const Quantity = Type.Integer({ minimum: 1, maximum: 1000 });
/** Most different goods in one order. */
export const MAX_LINES = 50;

/** A variant as carts and quotes need it, by its SKU. */
export const PricedVariant = Type.Object({
  sku: Sku,
  productId: ProductId,
  /** The product's name with the variant's options, such as `Desk lamp, oak`. */
  name: Type.String(),
  unitPrice: MinorUnits,
  currency: Currency,
  available: Type.Integer({ minimum: 0 }),
  image: Type.Optional(Type.String()),
});
export type PricedVariant = Static<typeof PricedVariant>;

/** `GET /variants?sku=A&sku=B`, at most {@link MAX_LINES} of them; those that are not sold are left out. */
export const PricedVariants = Type.Object({ items: Type.Array(PricedVariant) });
export type PricedVariants = Static<typeof PricedVariants>;

/** `PUT /reservations/{orderId}`: holds stock for an order for a while. Idempotent. */
export const ReservationRequest = Type.Object(
  {
    lines: Type.Array(Type.Object({ sku: Sku, quantity: Quantity }, { additionalProperties: false }), {
      minItems: 1,
      maxItems: MAX_LINES,
    }),
    ttlSeconds: Type.Integer({ minimum: 1, maximum: 3600 }),
  },
  { additionalProperties: false },
);
export type ReservationRequest = Static<typeof ReservationRequest>;

/** The stock that is held, with the prices that hold for this order. */
export const Reservation = Type.Object({
  orderId: Type.String({ format: "uuid" }),
  currency: Currency,
  lines: Type.Array(
    Type.Object({ sku: Sku, quantity: Quantity, unitPrice: MinorUnits, name: Type.String() }),
    { minItems: 1 },
  ),
  expiresAt: Type.String({ format: "date-time" }),
});
export type Reservation = Static<typeof Reservation>;

/** Path of an order's reservation. */
export const reservationPath = (orderId: string): string => `/reservations/${orderId}`;

/**
 * `POST /reservations/{orderId}/returns`, with an `Idempotency-Key`: goods of a confirmed reservation come back and
 * may be sold again; all that have not come back yet where no lines are named.
 */
export const ReturnRequest = Type.Object(
  {
    lines: Type.Optional(
      Type.Array(Type.Object({ sku: Sku, quantity: Quantity }, { additionalProperties: false }), {
        minItems: 1,
        maxItems: MAX_LINES,
      }),
    ),
  },
  { additionalProperties: false },
);
export type ReturnRequest = Static<typeof ReturnRequest>;

/** Kinds of problem that the catalog answers reservations with. */
export const CATALOG_PROBLEMS = {
  /** 404: a SKU that is not sold. Extension: `sku`. */
  unknownSku: "unknown-sku",
  /** 409: less than asked for is left. Extensions: `sku`, `available`. */
  outOfStock: "out-of-stock",
  /** 422: the lines have prices in different currencies. Extension: `currencies`. */
  mixedCurrencies: "mixed-currencies",
  /** 404: confirmed before it was made. */
  unknownReservation: "unknown-reservation",
  /** 409: the order has a reservation with other lines. */
  reservationDiffers: "reservation-differs",
  /** 410: the reservation has expired or was released; it never comes back. Extension: `state`. */
  reservationGone: "reservation-gone",
  /** 409: the reservation is confirmed and cannot be released. */
  reservationConfirmed: "reservation-confirmed",
  /** 409: more comes back than was sold. Extensions: `sku`, `returnable`. */
  notReturnable: "not-returnable",
  /** 404 */
  unknownProduct: "unknown-product",
} as const;
