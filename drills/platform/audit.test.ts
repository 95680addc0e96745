import fc from "fast-check";
import { expect, test } from "vitest";
import { audit, type Books, type OrderRow, type PaymentRow, type ShipmentRow } from "./audit.ts";

const order = (id: string, state = "paid", total = 100, refunded = 0) => ({ id, state, total, refunded });
const payment = (order_id: string, captured = 100, refunded = 0) => ({
  order_id,
  state: "captured",
  captured,
  refunded,
});
const parcel = (order_id: string, state = "preparing") => ({ order_id, state });
const books = (of: Partial<Books>): Books => ({ orders: [], payments: [], shipments: [], ...of });

type Rows = readonly [OrderRow, PaymentRow | undefined, ShipmentRow | undefined];

/** Keeps the words that fates are known by. */
const inWords = <Words extends string>(all: Record<Words, (id: string) => Rows>) => all;

/** What becomes of an order, and what the books say of it then. */
const fates = inWords({
  shipped: (id) => [order(id, "shipped"), payment(id), parcel(id, "dispatched")],
  preparing: (id) => [order(id), payment(id), parcel(id)],
  cancelled: (id) => [order(id, "cancelled", 100, 100), payment(id, 100, 100), parcel(id, "cancelled")],
  lost: (id) => [order(id, "refunded", 100, 100), payment(id, 100, 100), parcel(id, "lost")],
  waiting: (id) => [order(id), payment(id), undefined],
  declined: (id) => [order(id, "rejected"), undefined, undefined],
  open: (id) => [order(id, "reserved"), payment(id), undefined],
});
type Fate = keyof typeof fates;
const PAID: readonly Fate[] = ["shipped", "preparing", "cancelled", "lost", "waiting"];

const booksOf = (given: readonly Fate[]): Books => {
  const rows = given.map((fate, index): Rows => fates[fate](`o${index}`));
  return {
    orders: rows.map(([row]) => row),
    payments: rows.flatMap(([, row]) => (row === undefined ? [] : [row])),
    shipments: rows.flatMap(([, , row]) => (row === undefined ? [] : [row])),
  };
};
const acknowledgedOf = (given: readonly Fate[]) =>
  given.flatMap((fate, index) => (PAID.includes(fate) ? [`o${index}`] : []));

const anyFates = fc.array(fc.constantFrom(...(Object.keys(fates) as Fate[])), {
  minLength: 1,
  maxLength: 30,
});

test("right books have no fault, and everything paid is shipped, given back or in flight", () => {
  fc.assert(
    fc.property(anyFates, (given) => {
      const result = audit(booksOf(given), acknowledgedOf(given));
      expect(result.faults).toEqual([]);
      expect(result.paid).toBe(acknowledgedOf(given).length);
      expect(result.paid).toBe(result.shipped + result.refunded + result.inFlight);
      expect(result.inFlight).toBe(given.filter((fate) => fate === "waiting").length);
      expect(result.unfinished).toBe(given.filter((fate) => fate === "open").length);
    }),
    { numRuns: 100 },
  );
});

test("whatever is taken out of right books is missed, but for a parcel that may still come", () => {
  fc.assert(
    fc.property(anyFates, fc.nat(), fc.boolean(), (given, place, fromOrders) => {
      const right = booksOf(given);
      const acknowledged = acknowledgedOf(given);
      const paid = fromOrders
        ? right.orders.filter(({ id }) => acknowledged.includes(id))
        : right.payments.filter(({ order_id }) => acknowledged.includes(order_id));
      fc.pre(paid.length > 0);
      const gone = paid[place % paid.length];
      const wrong = {
        ...right,
        orders: right.orders.filter((row) => row !== gone),
        payments: right.payments.filter((row) => row !== gone),
      };
      expect(audit(wrong, acknowledged).faults).not.toEqual([]);
    }),
    { numRuns: 50 },
  );
});

test.each<[string, Books, readonly string[], RegExp]>([
  ["an acknowledged order is lost", books({}), ["a"], /acknowledged and is lost/],
  ["an acknowledged order is not paid", books({ orders: [order("a", "rejected")] }), ["a"], /is rejected/],
  ["two buyers have the same order", booksOf(["preparing"]), ["o0", "o0"], /two buyers/],
  [
    "it was paid twice",
    books({ orders: [order("a")], payments: [payment("a"), payment("a")], shipments: [parcel("a")] }),
    ["a"],
    /paid by 2 payments/,
  ],
  [
    "too much was taken",
    books({ orders: [order("a")], payments: [payment("a", 101)], shipments: [parcel("a")] }),
    ["a"],
    /costs 100 and 101 was taken/,
  ],
  [
    "money went back that the order does not know of",
    books({ orders: [order("a")], payments: [payment("a", 100, 50)], shipments: [parcel("a")] }),
    ["a"],
    /gave 0 back and its payment 50/,
  ],
  [
    "money was kept for a rejected order",
    books({ orders: [order("a", "rejected")], payments: [payment("a")] }),
    [],
    /100 was taken for order a/,
  ],
  ["money was taken for no order", books({ payments: [payment("a")] }), [], /which is not there/],
  [
    "it was sent twice",
    books({ orders: [order("a")], payments: [payment("a")], shipments: [parcel("a"), parcel("a")] }),
    ["a"],
    /2 shipments/,
  ],
  [
    "it was sent unpaid",
    books({ orders: [order("a", "rejected")], shipments: [parcel("a")] }),
    [],
    /which is not paid/,
  ],
])("%s", (_what, wrong, acknowledged, words) => {
  expect(audit(wrong, acknowledged).faults.join("\n")).toMatch(words);
});
