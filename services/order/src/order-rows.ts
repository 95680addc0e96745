import type { Address, ShippingMethod } from "../../contracts/address.ts";
import type { OrderLine, OrderRequest, OrderState } from "../../contracts/order-api.ts";
import type { SagaOrder } from "./order.ts";

/** What the saga reads of an order. */
export interface OrderRow {
  readonly id: string;
  readonly request_hash: string;
  readonly state: OrderState;
  readonly user_id: string | null;
  readonly customer_email: string;
  readonly ship_to: Address;
  readonly shipping: ShippingMethod;
  readonly lines: readonly (OrderLine | OrderRequest["lines"][number])[];
  readonly currency: string | null;
  readonly goods: number | null;
  readonly shipping_cost: number | null;
  readonly tax: number | null;
  readonly total: number | null;
  readonly card_token: string | null;
  readonly agreed_total: number | null;
  readonly agreed_currency: string | null;
  readonly payment_id: string | null;
  readonly response_status: number | null;
  readonly response: string | null;
  readonly attempts: number;
  readonly created_at: Date;
}

export const ORDER_COLUMNS = `id, request_hash, state, user_id, customer_email, ship_to, shipping, lines, currency, goods,
  shipping_cost, tax, total, card_token, agreed_total, agreed_currency, payment_id, response_status, response, attempts, created_at`;

/** Reads a row as what its state says it is; the table's checks guarantee the columns that are read here. */
export function sagaOrder(row: OrderRow): SagaOrder {
  const facts = {
    id: row.id,
    requestHash: row.request_hash,
    userId: row.user_id ?? undefined,
    email: row.customer_email,
    shipTo: row.ship_to,
    shipping: row.shipping,
    createdAt: row.created_at,
    attempts: row.attempts,
  };
  switch (row.state) {
    case "pending":
      return {
        ...facts,
        state: "pending",
        lines: [...row.lines],
        cardToken: row.card_token ?? "",
        agreed:
          row.agreed_total === null || row.agreed_currency === null
            ? undefined
            : { total: row.agreed_total, currency: row.agreed_currency },
      };
    case "reserved":
      return {
        ...facts,
        state: "reserved",
        lines: row.lines.filter(isPriced),
        currency: row.currency ?? "",
        totals: {
          goods: row.goods ?? 0,
          shipping: row.shipping_cost ?? 0,
          tax: row.tax ?? 0,
          total: row.total ?? 0,
        },
        cardToken: row.card_token ?? "",
        paymentId: row.payment_id ?? undefined,
      };
    case "compensating":
      return { ...facts, state: "compensating" };
    default:
      return {
        ...facts,
        state: row.state,
        outcome: { status: row.response_status ?? 500, body: row.response ?? "" },
      };
  }
}

const isPriced = (line: OrderRow["lines"][number]): line is OrderLine => "unitPrice" in line;
