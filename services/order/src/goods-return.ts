import { Problem } from "../../chassis/index.ts";
import { type GoodsReturn, type GoodsReturnState, ORDER_PROBLEMS } from "../../contracts/order-api.ts";

/** Goods that a buyer sends back, as they are stored. */
export interface StoredReturn {
  readonly id: string;
  readonly orderId: string;
  readonly requestHash: string;
  readonly state: GoodsReturnState;
  readonly lines: GoodsReturn["lines"];
  readonly reason: string;
  /** Who asked for it: an account's id, or `guest`. */
  readonly by: string;
  readonly createdAt: Date;
  readonly closedAt: Date | undefined;
}

/** Days after delivery in which a buyer may withdraw from the purchase (Directive 2011/83/EU, art. 9). */
export const WITHDRAWAL_DAYS = 14;
const DAY = 86_400_000;

/** Until when a buyer may withdraw: the last moment of the 14th day after the day of delivery, in UTC. */
export function withdrawalEnd(deliveredAt: Date): Date {
  const dayOfDelivery = Math.floor(deliveredAt.getTime() / DAY);
  return new Date((dayOfDelivery + WITHDRAWAL_DAYS + 1) * DAY - 1);
}

/** A return as the API shows it. */
export const showReturn = ({ closedAt, ...goods }: StoredReturn): GoodsReturn => ({
  id: goods.id,
  orderId: goods.orderId,
  state: goods.state,
  lines: goods.lines.map(({ sku, quantity }) => ({ sku, quantity })),
  reason: goods.reason,
  createdAt: goods.createdAt.toISOString(),
  ...(closedAt !== undefined && { closedAt: closedAt.toISOString() }),
});

/** The time to withdraw is over. */
export const withdrawalOver = (until: Date): Problem =>
  new Problem({
    status: 409,
    slug: ORDER_PROBLEMS.withdrawalOver,
    title: "Withdrawal period over",
    detail: `The order could be sent back until ${until.toISOString()}`,
    extensions: { until: until.toISOString() },
  });

/** The order has no such return. */
export const unknownReturn = (id: string): Problem =>
  new Problem({
    status: 404,
    slug: ORDER_PROBLEMS.unknownReturn,
    title: "Unknown return",
    detail: `The order has no return ${id}`,
  });

/** What is decided about a return stays so. */
export const illegalReturnMove = (state: GoodsReturnState): Problem =>
  new Problem({
    status: 409,
    slug: ORDER_PROBLEMS.illegalReturnMove,
    title: "Return closed",
    detail:
      state === "received"
        ? "The goods have arrived"
        : "It was said that the goods do not come; ask for a new return",
    extensions: { state },
  });
