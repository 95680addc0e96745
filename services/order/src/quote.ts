import { type HttpClient, Problem, parseAnswer } from "../../chassis/index.ts";
import { CATALOG_PROBLEMS, PricedVariants } from "../../contracts/catalog-api.ts";
import type { Quote, QuoteRequest } from "../../contracts/order-api.ts";
import { refusal } from "./refusal.ts";
import { orderTotals, rateOf } from "./totals.ts";

/**
 * Says what an order would cost now, by the same rules as it would when it is placed. Nothing is held: the price that
 * holds is the one of the order.
 *
 * @throws {Problem} 404 when something is not sold, 422 when it cannot be sent there or paid, 503 when the catalog is
 * away.
 */
export async function quote(
  catalog: Pick<HttpClient, "send">,
  { lines: wanted, country, shipping = "standard" }: QuoteRequest,
  requestId: string,
): Promise<Quote> {
  const { taxRate } = rateOf(country);
  const skus = new URLSearchParams(wanted.map(({ sku }) => ["sku", sku]));
  const answer = await catalog.send({ method: "GET", path: `/variants?${skus}`, requestId });
  const refused = refusal("catalog", answer);
  if (refused) throw refused;
  const variants = new Map(
    parseAnswer(PricedVariants, answer).items.map((variant) => [variant.sku, variant]),
  );
  const currencies = new Set<string>();
  const lines = wanted.map(({ sku, quantity }) => {
    const variant = variants.get(sku);
    if (variant === undefined) throw unknownSku(sku);
    const { productId, name, unitPrice, currency } = variant;
    currencies.add(currency);
    return { sku, productId, name, quantity, unitPrice };
  });
  const [currency, ...others] = currencies;
  if (currency === undefined || others.length > 0) throw mixedCurrencies([...currencies]);
  return {
    currency,
    totals: orderTotals(lines, currency, { country, shipping }),
    lines,
    country,
    shipping,
    taxRate,
  };
}

const unknownSku = (sku: string): Problem =>
  new Problem({
    status: 404,
    slug: CATALOG_PROBLEMS.unknownSku,
    title: "Unknown SKU",
    detail: `${sku} is not sold here`,
    extensions: { sku },
  });

const mixedCurrencies = (currencies: readonly string[]): Problem =>
  new Problem({
    status: 422,
    slug: CATALOG_PROBLEMS.mixedCurrencies,
    title: "Mixed currencies",
    detail: `One order has one currency; these goods have ${currencies.join(" and ")}`,
    extensions: { currencies },
  });
