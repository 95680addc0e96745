import { Type } from "typebox";
import { Address, ShippingMethod } from "./address.ts";
import { ProductId, Sku } from "./catalog-api.ts";
import { defineEvent } from "./event.ts";
import { Currency, MinorUnits } from "./money.ts";
import { PositiveMinorUnits } from "./payment-api.ts";

const orderId = Type.String({ format: "uuid" });

/** An order's payment was captured and its stock is committed: it may be shipped. */
export const orderPaid = defineEvent({
  name: "order.paid",
  version: 1,
  schema: Type.Object({
    orderId,
    paymentId: Type.String({ format: "uuid" }),
    /** Account of who ordered; null for somebody who was not logged in. */
    userId: Type.Union([Type.String({ format: "uuid" }), Type.Null()]),
    customer: Type.Object({ email: Type.String() }),
    shipTo: Address,
    shipping: ShippingMethod,
    total: MinorUnits,
    currency: Currency,
    lines: Type.Array(
      Type.Object({
        sku: Sku,
        productId: ProductId,
        name: Type.String(),
        quantity: Type.Integer({ minimum: 1 }),
        unitPrice: MinorUnits,
      }),
      { minItems: 1 },
    ),
  }),
});

/** A paid order was cancelled before it was sent: all of its money and stock went back. */
export const orderCancelled = defineEvent({
  name: "order.cancelled",
  version: 1,
  schema: Type.Object({ orderId }),
});

/** Money of an order was given back; all of it when `refundedTotal` is `total`. */
export const orderRefunded = defineEvent({
  name: "order.refunded",
  version: 1,
  schema: Type.Object({
    orderId,
    refundId: Type.String({ format: "uuid" }),
    amount: PositiveMinorUnits,
    currency: Currency,
    /** Money given back so far, this refund included. */
    refundedTotal: MinorUnits,
    total: MinorUnits,
  }),
});
