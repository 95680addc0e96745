import type { Order } from "../../../../contracts/order-api.ts";
import { formatDay } from "../dates.ts";
import { formatMoney } from "../money.ts";
import { ORDER_STATE_WORDS } from "../order-states.ts";

/** Orders, one a row; each leads to its page. */
export const OrderList = ({ orders }: { readonly orders: readonly Order[] }) => (
  <ul class="order-list">
    {orders.map((order) => (
      <li key={order.id} class="card-row">
        <div>
          <h2 class="line-name">
            <a href={`/orders/${order.id}`}>{summaryOf(order)}</a>
          </h2>
          <p class="muted small">
            <time dateTime={order.createdAt}>{formatDay(order.createdAt)}</time>
          </p>
        </div>
        <span class={`tag state-${order.state}`}>{ORDER_STATE_WORDS[order.state].name}</span>
        <span class="price">
          {order.totals !== undefined &&
            order.currency !== undefined &&
            formatMoney(order.totals.total, order.currency)}
        </span>
      </li>
    ))}
  </ul>
);

/** The first thing in it, and how much more there is. */
function summaryOf({ lines, id }: Order): string {
  const [first] = lines;
  const name = first?.name ?? first?.sku ?? id;
  return lines.length > 1 ? `${name} and ${lines.length - 1} more` : name;
}
