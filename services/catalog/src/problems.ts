import { invalidField, Problem } from "../../chassis/index.ts";
import { CATALOG_PROBLEMS } from "../../contracts/catalog-api.ts";

export const unknownSku = (sku: string): Problem =>
  new Problem({
    status: 404,
    slug: CATALOG_PROBLEMS.unknownSku,
    title: "Unknown SKU",
    detail: `"${sku}" is not sold`,
    extensions: { sku },
  });

export const unknownProduct = (id: string): Problem =>
  new Problem({
    status: 404,
    slug: CATALOG_PROBLEMS.unknownProduct,
    title: "Unknown product",
    detail: `There is no product "${id}"`,
  });

export const unknownImage = (productId: string, number: number): Problem =>
  new Problem({
    status: 404,
    slug: CATALOG_PROBLEMS.unknownImage,
    title: "Unknown picture",
    detail: `There is no picture ${number} of product "${productId}" that is drawn here`,
  });

export const skuTaken = (sku: string, productId: string): Problem =>
  new Problem({
    status: 409,
    slug: CATALOG_PROBLEMS.skuTaken,
    title: "SKU taken",
    detail: `"${sku}" belongs to product "${productId}" for ever; take another SKU`,
    extensions: { sku, productId },
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

export const repeatedSku = (index: number): Problem =>
  invalidField("body", `#/lines/${index}/sku`, "is in an earlier line, too; add the quantities up in one");

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

export const notConfirmed = (orderId: string, state: string): Problem =>
  new Problem({
    status: 409,
    slug: CATALOG_PROBLEMS.notReturnable,
    title: "Not returnable",
    detail: `The goods of order ${orderId} are ${state} and not sold yet; release them instead`,
    extensions: { state },
  });

export const notReturnable = (sku: string, returnable: number): Problem =>
  new Problem({
    status: 409,
    slug: CATALOG_PROBLEMS.notReturnable,
    title: "Not returnable",
    detail: `${returnable} of "${sku}" can still come back, not more`,
    extensions: { sku, returnable },
  });
