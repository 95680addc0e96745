import { Problem } from "../../chassis/index.ts";
import type { ShippingMethod } from "../../contracts/address.ts";
import { ORDER_PROBLEMS, type OrderLine, type Totals } from "../../contracts/order-api.ts";
import { COUNTRIES, type CountryRate, SHIPPING } from "./rates.ts";

/** Where an order goes and how fast, which is what it costs beside its goods. */
export interface Destination {
  /** ISO 3166-1 alpha-2 code. */
  readonly country: string;
  readonly shipping: ShippingMethod;
}

/**
 * What goes for a country.
 *
 * @throws {Problem} 422 when nothing is shipped there.
 */
export function rateOf(country: string): CountryRate {
  const rate = Object.hasOwn(COUNTRIES, country) ? COUNTRIES[country] : undefined;
  if (rate !== undefined) return rate;
  throw new Problem({
    status: 422,
    slug: ORDER_PROBLEMS.notShippedTo,
    title: "Country not shipped to",
    detail: `Nothing is shipped to ${country}; there are ${Object.keys(COUNTRIES).sort().join(", ")}`,
    extensions: { country },
  });
}

/**
 * What an order costs, in minor units. Prices are gross, so the tax is a part of them:
 *
 *     total = goods + shipping
 *     tax   = total × rate ÷ (1 + rate), rounded half up, once an order
 *
 * Shipping is taxed as the goods are, at the standard rate.
 *
 * @throws {Problem} 422 when nothing is shipped there or for this currency, when it costs nothing, or more than can
 * be counted exactly.
 */
export function orderTotals(
  lines: readonly Pick<OrderLine, "quantity" | "unitPrice">[],
  currency: string,
  { country, shipping }: Destination,
): Totals {
  const { zone, taxRate } = rateOf(country);
  const rates = Object.hasOwn(SHIPPING, currency) ? SHIPPING[currency] : undefined;
  if (rates === undefined) throw unpayable(`Nothing is shipped for prices in ${currency}`);
  const goods = lines.reduce((sum, { quantity, unitPrice }) => sum + quantity * unitPrice, 0);
  const { price, freeFrom = Number.POSITIVE_INFINITY } = rates[zone][shipping];
  const sending = goods >= freeFrom ? 0 : price;
  const total = goods + sending;
  if (goods === 0) throw unpayable("The goods cost nothing; there is nothing to pay");
  // A sum that is not exact is at least 2^53 and so not a safe integer, whatever the rounding.
  if (!Number.isSafeInteger(total)) throw unpayable("The total is too large to be paid");
  return { goods, shipping: sending, tax: includedTax(total, taxRate), total };
}

/** The tax in a gross amount, rounded half up. `taxRate` is in basis points. */
export function includedTax(gross: number, taxRate: number): number {
  // In BigInt, as the product may be larger than a number is exact.
  const divisor = BigInt(10_000 + taxRate);
  return Number((2n * BigInt(gross) * BigInt(taxRate) + divisor) / (2n * divisor));
}

const unpayable = (detail: string): Problem =>
  new Problem({ status: 422, slug: ORDER_PROBLEMS.unpayable, title: "Unpayable total", detail });
