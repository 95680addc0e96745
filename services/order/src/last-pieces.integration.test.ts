import { afterAll, beforeAll, expect, test } from "vitest";
import { orderOf, Trade } from "../test/trade.ts";

const BUYERS = 500;
const PIECES = 50;

let trade: Trade;

beforeAll(async () => {
  trade = await Trade.start();
});
afterAll(() => trade?.stop());

test("500 buyers at once of the last 50 pieces buy exactly 50", async () => {
  const sku = await trade.stock(0, PIECES);
  const answers = await Promise.all(Array.from({ length: BUYERS }, () => trade.place(orderOf(sku))));
  const count = (status: number) => answers.filter((answer) => answer.status === status).length;
  expect({ sold: count(201), refused: count(409) }).toEqual({ sold: PIECES, refused: BUYERS - PIECES });
  expect(await trade.available(sku)).toBe(0);
  const books = await trade.books();
  expect(books.orders).toEqual({ paid: PIECES, rejected: BUYERS - PIECES });
  expect(books).toMatchObject({ sold: PIECES, confirmed: PIECES, held: 0, ledgerSum: 0 });
  expect(books.ledgerRevenue).toBe(books.revenue);
});

test("500 buyers of the last 50 pieces, every third with a card that is declined, leave no piece behind", async () => {
  const sku = await trade.stock(1, PIECES);
  const token = (index: number) => (index % 3 === 0 ? "tok_decline" : "tok_approve");
  const answers = await Promise.all(
    Array.from({ length: BUYERS }, (_, index) => trade.place(orderOf(sku, 1, token(index)))),
  );
  const sold = answers.filter(({ status }) => status === 201).length;
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201, 402, 409]));
  expect(await trade.available(sku)).toBe(PIECES - sold);
  const books = await trade.books();
  expect(books.ledgerRevenue).toBe(books.revenue);
  expect(books.confirmed).toBe(books.sold);
  expect(books.held).toBe(0);
});
