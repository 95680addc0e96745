import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Quote } from "../../contracts/order-api.ts";
import { orderOf, Trade } from "../test/trade.ts";

let trade: Trade;

beforeAll(async () => {
  trade = await Trade.start();
});
afterAll(() => trade?.stop());

/** What two pieces cost now, as a buyer is shown it, and the order of them. */
async function quoted(index: number) {
  const sku = await trade.stock(index, 10);
  const request = orderOf(sku, 2);
  const { lines, shipTo } = request;
  const answer = await trade.send("POST", "/orders/quotes", { lines, country: shipTo.country });
  const quote: Quote = JSON.parse(answer.text);
  return { sku, request, quote, agreed: { total: quote.totals.total, currency: quote.currency } };
}
const setPrice = (sku: string, change: string) =>
  trade.goods.database.script(`UPDATE variant SET price = price ${change} WHERE sku = '${sku}'`);

test("an order at the total that the buyer has seen is paid", async () => {
  const { request, agreed } = await quoted(0);
  const order = await trade.paid({ ...request, agreed });
  expect(order.totals?.total).toBe(agreed.total);
});

test.each(["+ 1", "- 1"])(
  "a price that changed by %s meanwhile is not charged; the buyer is told the new one",
  async (change) => {
    const { sku, request, quote, agreed } = await quoted(1);
    await setPrice(sku, change);
    const key = randomUUID();
    const refused = await trade.place({ ...request, agreed }, key);
    expect(refused.status, refused.text).toBe(409);
    const problem = JSON.parse(refused.text);
    expect(problem.type).toBe("urn:tradestack:problem:price-changed");
    expect(problem.quote).toEqual((await quoted(1)).quote);
    expect(problem.quote.totals.total).not.toBe(quote.totals.total);
    expect(JSON.parse((await trade.place({ ...request, agreed }, key)).text).type).toBe(problem.type);
    // Whoever agrees to what it costs now gets it.
    const { totals, currency } = problem.quote;
    await trade.paid({ ...request, agreed: { total: totals.total, currency } });
    expect(await trade.available(sku)).toBe(8);
    const books = await trade.books();
    expect(books.held).toBe(0);
    expect(books.ledgerRevenue).toBe(books.revenue);
  },
);

test("another currency is another price", async () => {
  const { request, agreed } = await quoted(2);
  const refused = await trade.place({ ...request, agreed: { ...agreed, currency: "USD" } });
  expect(JSON.parse(refused.text).type).toBe("urn:tradestack:problem:price-changed");
});
