import { Problem } from "../../chassis/index.ts";
import { CATALOG_PROBLEMS } from "../../contracts/catalog-api.ts";

export const unknownSku = (sku: string): Problem =>
  new Problem({
    status: 404,
    slug: CATALOG_PROBLEMS.unknownSku,
    title: "Unknown product",
    detail: `There is no product "${sku}"`,
    extensions: { sku },
  });

export const outOfStock = (sku: string, requested: number, available: number): Problem =>
  new Problem({
    status: 409,
    slug: CATALOG_PROBLEMS.outOfStock,
    title: "Out of stock",
    detail: `${requested} of "${sku}" were asked for and ${available} are left`,
    extensions: { sku, requested, available },
  });

export const mixedCurrencies = (currencies: readonly string[]): Problem =>
  new Problem({
    status: 422,
    slug: CATALOG_PROBLEMS.mixedCurrencies,
    title: "Mixed currencies",
    detail: `The lines have prices in ${currencies.join(" and ")}; order them apart`,
    extensions: { currencies },
  });

export const repeatedSku = (sku: string, index: number): Problem =>
  new Problem({
    status: 400,
    slug: "invalid-request",
    title: "Invalid request",
    detail: `"${sku}" is in more than one line; add the quantities up in one`,
    extensions: {
      errors: [{ in: "body", pointer: `#/lines/${index}/sku`, detail: "is in an earlier line" }],
    },
  });

export const unknownReservation = (orderId: string): Problem =>
  new Problem({
    status: 404,
    slug: CATALOG_PROBLEMS.unknownReservation,
    title: "Unknown reservation",
    detail: `There is no reservation for order ${orderId}`,
  });

export const reservationDiffers = (orderId: string): Problem =>
  new Problem({
    status: 409,
    slug: CATALOG_PROBLEMS.reservationDiffers,
    title: "Different reservation",
    detail: `Order ${orderId} has a reservation with other lines; release it and take another order id`,
  });

export const reservationGone = (orderId: string, state: string): Problem =>
  new Problem({
    status: 410,
    slug: CATALOG_PROBLEMS.reservationGone,
    title: "Reservation gone",
    detail: `The reservation for order ${orderId} is ${state} and does not come back; take another order id`,
    extensions: { state },
  });

export const reservationConfirmed = (orderId: string): Problem =>
  new Problem({
    status: 409,
    slug: CATALOG_PROBLEMS.reservationConfirmed,
    title: "Reservation confirmed",
    detail: `The reservation for order ${orderId} is confirmed and cannot be released`,
  });
