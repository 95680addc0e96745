import { Type } from "typebox";
import { defineEvent } from "./event.ts";
import { Currency, MinorUnits } from "./money.ts";

/** An order's payment was captured and its stock is committed: it may be shipped. */
export const orderPaid = defineEvent({
  name: "order.paid",
  version: 1,
  schema: Type.Object({
    orderId: Type.String({ format: "uuid" }),
    paymentId: Type.String({ format: "uuid" }),
    total: MinorUnits,
    currency: Currency,
    lines: Type.Array(
      Type.Object({ sku: Type.String(), quantity: Type.Integer({ minimum: 1 }), unitPrice: MinorUnits }),
      { minItems: 1 },
    ),
  }),
});
