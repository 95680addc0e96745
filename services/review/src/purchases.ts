import { type Queryable, statement } from "../../chassis/index.ts";
import type { EventOf } from "../../contracts/event.ts";
import type { orderPaid } from "../../contracts/order-events.ts";

const REMEMBER = statement(
  "purchases-remember",
  `INSERT INTO purchases (user_id, product_id, order_id)
   SELECT DISTINCT $1::uuid, product_id, $3::uuid FROM unnest($2::text[]) AS product_id ORDER BY product_id
   ON CONFLICT DO NOTHING`,
);

/** Remembers what somebody bought. */
export async function rememberBought(
  transaction: Queryable,
  userId: string,
  productIds: readonly string[],
  orderId: string,
): Promise<void> {
  await transaction.query(REMEMBER, [userId, productIds, orderId]);
}

/** Remembers who bought what by an order. A guest is nobody in particular, so guests review nothing. */
export async function rememberPurchases(
  transaction: Queryable,
  { userId, orderId, lines }: EventOf<typeof orderPaid>,
): Promise<void> {
  if (userId === null) return;
  const productIds = lines.map(({ productId }) => productId);
  await rememberBought(transaction, userId, productIds, orderId);
}
