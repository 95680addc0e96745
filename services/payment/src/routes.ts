import { Type } from "typebox";
import { type Api, IdempotentHeaders, ProblemDetails, statement } from "../../chassis/index.ts";
import {
  AmountRequest,
  AuthorisationRequest,
  Payment,
  ReversalRequest,
} from "../../contracts/payment-api.ts";
import { authorise, type Till } from "./authorise.ts";
import { operate } from "./operations.ts";
import { PAYMENT_COLUMNS, type PaymentRow, showPayment, unknownPayment } from "./payment.ts";
import { reverse } from "./reverse.ts";

const PaymentParams = Type.Object({ paymentId: Type.String({ format: "uuid" }) });
const answers = { "2xx": Payment, "4xx": ProblemDetails, "5xx": ProblemDetails };

const FIND = statement<PaymentRow>("payment-find", `SELECT ${PAYMENT_COLUMNS} FROM payments WHERE id = $1`);

/** The HTTP face of payments; inside the platform only. */
export function registerPaymentRoutes(api: Api, till: Till): void {
  api.post(
    "/payments/authorisations",
    { schema: { body: AuthorisationRequest, response: answers } },
    async (request, reply) => reply.code(201).send(await authorise(till, request.body)),
  );

  api.post("/payments/reversals", { schema: { body: ReversalRequest } }, async (request, reply) => {
    await reverse(till, request.body.orderId);
    return reply.code(204).send();
  });

  for (const [path, kind] of [
    ["captures", "capture"],
    ["refunds", "refund"],
  ] as const) {
    api.post(
      `/payments/:paymentId/${path}`,
      {
        schema: { params: PaymentParams, headers: IdempotentHeaders, body: AmountRequest, response: answers },
      },
      async (request, reply) => {
        const { paymentId } = request.params;
        const idempotencyKey = request.headers["idempotency-key"];
        const { amount } = request.body;
        return reply.code(201).send(await operate(till, { kind, paymentId, idempotencyKey, amount }));
      },
    );
  }

  api.post(
    "/payments/:paymentId/void",
    { schema: { params: PaymentParams, headers: IdempotentHeaders, response: answers } },
    async (request, reply) => {
      const { paymentId } = request.params;
      const idempotencyKey = request.headers["idempotency-key"];
      return reply.code(201).send(await operate(till, { kind: "void", paymentId, idempotencyKey }));
    },
  );

  api.get(
    "/payments/:paymentId",
    { schema: { params: PaymentParams, response: answers } },
    async (request) => {
      const [payment] = await till.database.query(FIND, [request.params.paymentId]);
      if (payment === undefined) throw unknownPayment(request.params.paymentId);
      return showPayment(payment);
    },
  );
}
