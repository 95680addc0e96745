import { type EventHandler, onEvent, type Queryable, statement } from "../../chassis/index.ts";
import { shipmentDelivered, shipmentDispatched, shipmentLost } from "../../contracts/logistics-api.ts";
import type { OrderState } from "../../contracts/order-api.ts";
import { paymentSettled } from "../../contracts/payment-events.ts";
import { SYSTEM } from "./buyer.ts";
import { OrderStore } from "./order-store.ts";
import { promiseRest } from "./refund-saga.ts";

/** A parcel on its way ends a cancellation that came too late. What has arrived or was refunded learns its number. */
const DISPATCHED = statement(
  "parcel-dispatched",
  `UPDATE orders SET carrier = $2, tracking_number = $3, moved_by = '${SYSTEM}', moved_why = NULL,
     state = CASE WHEN state IN ('paid', 'cancelling') THEN 'shipped' ELSE state END
   WHERE id = $1 AND state IN ('paid', 'cancelling', 'delivered', 'refunded') AND tracking_number IS NULL`,
);
const DELIVERED = statement(
  "parcel-delivered",
  `UPDATE orders SET state = 'delivered', delivered_at = $2, moved_by = '${SYSTEM}', moved_why = NULL
   WHERE id = $1 AND state IN ('paid', 'cancelling', 'shipped')`,
);
const STATE = statement<{ state: OrderState }>(
  "parcel-order-state",
  "SELECT state FROM orders WHERE id = $1 FOR UPDATE",
);

async function lost(transaction: Queryable, orderId: string): Promise<void> {
  const [order] = await transaction.query(STATE, [orderId]);
  if (order?.state !== "paid" && order?.state !== "shipped" && order?.state !== "cancelling") return;
  await promiseRest(transaction, orderId, "loss", "The parcel was lost");
}

/**
 * What becomes of an order by what others tell of its parcel and its payment. Events may come twice and in any order;
 * one that does not fit the order's state any more changes nothing. What is left to do is the recovery's.
 */
export const eventHandlers: readonly EventHandler[] = [
  onEvent(shipmentDispatched, async (transaction, { orderId, carrier, trackingNumber }) => {
    await transaction.query(DISPATCHED, [orderId, carrier, trackingNumber]);
  }),
  onEvent(shipmentDelivered, async (transaction, { orderId, deliveredAt }) => {
    await transaction.query(DELIVERED, [orderId, deliveredAt]);
  }),
  onEvent(shipmentLost, (transaction, { orderId }) => lost(transaction, orderId)),
  // Only a hint: whoever takes the order up asks the payment service itself what became of the payment.
  onEvent(paymentSettled, (transaction, { orderId }) => new OrderStore(transaction).hurry(orderId)),
];
