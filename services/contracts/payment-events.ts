import { Type } from "typebox";
import { defineEvent } from "./event.ts";

/**
 * The provider's word about a payment that it had left open when it was asked, or to which its answer got lost. A
 * payment that was decided at once has no such event as a rule; where its webhook is faster than its answer it has.
 */
export const paymentSettled = defineEvent({
  name: "payment.settled",
  version: 1,
  schema: Type.Object({
    paymentId: Type.String({ format: "uuid" }),
    orderId: Type.String({ format: "uuid" }),
    state: Type.Enum(["authorised", "captured", "declined", "voided"]),
  }),
});
