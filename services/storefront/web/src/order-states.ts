import type { ShipmentState } from "../../../contracts/logistics-api.ts";
import type { GoodsReturnState, Order, OrderState } from "../../../contracts/order-api.ts";

/** What an order's state means to whoever ordered. */
export const ORDER_STATE_WORDS: Readonly<
  Record<OrderState, { readonly name: string; readonly text: string }>
> = {
  pending: { name: "Received", text: "We have your order and are setting the goods aside." },
  reserved: { name: "Payment under way", text: "The goods are set aside for you while your bank decides." },
  paid: { name: "Paid", text: "We are packing your parcel." },
  shipped: { name: "On its way", text: "Your parcel is with the carrier." },
  delivered: { name: "Delivered", text: "Your parcel has arrived." },
  cancelling: {
    name: "Being cancelled",
    text: "We are stopping the parcel. Your money comes back if we are in time.",
  },
  cancelled: { name: "Cancelled", text: "Nothing is sent, and your money is on its way back." },
  refunded: { name: "Refunded", text: "All of your money is on its way back." },
  compensating: { name: "Not completed", text: "The order could not be completed; nothing will be charged." },
  rejected: { name: "Not completed", text: "The order could not be completed. Nothing was charged." },
};

/** What a parcel's state means to whoever waits for it. */
export const SHIPMENT_STATE_WORDS: Readonly<Record<ShipmentState, string>> = {
  preparing: "Being packed",
  dispatched: "Handed to the carrier",
  "in-transit": "On its way",
  "out-for-delivery": "Out for delivery",
  delivered: "Delivered",
  lost: "Lost",
  cancelled: "Cancelled",
};

/** What became of goods that somebody sends back. */
export const RETURN_STATE_WORDS: Readonly<Record<GoodsReturnState, string>> = {
  requested: "We are waiting for them",
  received: "They are here",
  withdrawn: "They stay with the customer",
};

const SETTLING: ReadonlySet<OrderState> = new Set(["pending", "reserved", "cancelling", "compensating"]);
const MOVING: ReadonlySet<OrderState> = new Set(["paid", "shipped"]);

/** After how many milliseconds an order is worth another look; undefined where nothing happens by itself any more. */
export function lookAgainAfter(state: OrderState): number | undefined {
  if (SETTLING.has(state)) return 1500;
  return MOVING.has(state) ? 5000 : undefined;
}

/** Days after delivery in which a purchase may be sent back; the API decides. */
const WITHDRAWAL_DAYS = 14;
const DAY = 86_400_000;

/** Whether the parcel can perhaps still be stopped. */
export const isCancellable = ({ state }: Pick<Order, "state">): boolean => state === "paid";

/** Whether staff may give money of an order back. */
export const isRefundable = ({
  state,
  totals,
  refunded,
}: Pick<Order, "state" | "totals" | "refunded">): boolean =>
  (state === "paid" || state === "shipped" || state === "delivered") && refunded < (totals?.total ?? 0);

/** Whether goods can come back: until the parcel has left, the order is cancelled instead. */
export const areGoodsRefundable = ({ state }: Pick<Order, "state">): boolean => state !== "paid";

/** Whether the buyer may still send goods back, and some are left to send. */
export function isReturnable(order: Pick<Order, "state" | "deliveredAt" | "lines">, now: number): boolean {
  if (order.state !== "delivered" || order.deliveredAt === undefined) return false;
  if (now > Date.parse(order.deliveredAt) + WITHDRAWAL_DAYS * DAY) return false;
  return order.lines.some((line) => piecesLeft(line) > 0);
}

/** Pieces of a line that neither have come back nor are to. */
export const piecesLeft = ({
  quantity,
  returned = 0,
  awaited = 0,
}: Pick<Order["lines"][number], "quantity" | "returned" | "awaited">): number =>
  quantity - returned - awaited;

/** The way of an order that goes well. */
export const ORDER_PATH = [
  "pending",
  "paid",
  "shipped",
  "delivered",
] as const satisfies readonly OrderState[];

const REACHED: Readonly<Partial<Record<OrderState, number>>> = {
  pending: 0,
  reserved: 0,
  paid: 1,
  shipped: 2,
  delivered: 3,
};

/** How far along {@link ORDER_PATH} an order is; undefined once it has left it. */
export const reachedStep = (state: OrderState): number | undefined => REACHED[state];
