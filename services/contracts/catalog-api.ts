import { type Static, Type } from "typebox";
import { Currency, MinorUnits } from "./money.ts";

/** Stock keeping unit: what a product's variant is ordered by. */
export const Sku = Type.String({ minLength: 1, maxLength: 64, pattern: "^[A-Za-z0-9._-]+$" });
/** Pieces of one line. */
export const Quantity = Type.Integer({ minimum: 1, maximum: 1000 });
/** Most different goods in one order. */
export const MAX_LINES = 50;

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
} as const;
