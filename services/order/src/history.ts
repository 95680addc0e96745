import { type Queryable, statement } from "../../chassis/index.ts";
import type { OrderHistory, OrderState } from "../../contracts/order-api.ts";
import { type Actor, shownActor } from "./buyer.ts";
import { showReturn } from "./goods-return.ts";
import type { OrderView } from "./order-view.ts";
import { showRefund } from "./refund.ts";
import type { RefundStore } from "./refund-store.ts";
import type { ReturnStore } from "./return-store.ts";

const MOVES = statement<{ state: OrderState; since: Date; moved_by: string; reason: string | null }>(
  "order-history",
  "SELECT state, since, moved_by, reason FROM order_history WHERE order_id = $1 ORDER BY since",
);

/** What happened to an order and who did it, as far as `reader` may know. */
export async function orderHistory(
  database: Queryable,
  { refunds, returns }: { readonly refunds: RefundStore; readonly returns: ReturnStore },
  { order, ownership }: OrderView,
  reader: Actor,
): Promise<OrderHistory> {
  const [moves, given, sent] = await Promise.all([
    database.query(MOVES, [order.id]),
    refunds.ofOrder(order.id),
    returns.ofOrder(order.id),
  ]);
  const shown = (by: string) => shownActor(by, ownership, !reader.isBuyer);
  return {
    items: moves.map(({ state, since, moved_by, reason }) => ({
      state,
      since: since.toISOString(),
      by: shown(moved_by),
      ...(reason !== null && { reason }),
    })),
    refunds: given.map(({ refund, by }) => ({ ...showRefund(refund), by: shown(by) })),
    returns: sent.map((goods) => ({ ...showReturn(goods), by: shown(goods.by) })),
  };
}
