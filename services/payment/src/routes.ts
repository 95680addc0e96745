import { Type } from "typebox";
import {
  type Api,
  IdempotentHeaders,
  Problem,
  ProblemDetails,
  sendStored,
  statement,
} from "../../chassis/index.ts";
import {
  AmountRequest,
  AuthorisationRequest,
  LedgerEntries,
  Payment,
  ReversalRequest,
} from "../../contracts/payment-api.ts";
import { authorise } from "./authorise.ts";
import { entriesOf } from "./ledger.ts";
import { operate, type Till } from "./operations.ts";
import { PAYMENT_COLUMNS, type PaymentRow, showPayment, unknownPayment } from "./payment.ts";
import { reverse } from "./reverse.ts";

const PaymentParams = Type.Object({ paymentId: Type.String({ format: "uuid" }) });
const problems = { "4xx": ProblemDetails, "5xx": ProblemDetails };
const found = { 200: Payment, ...problems };
const moved = { 201: Payment, ...problems };

const FIND = statement<PaymentRow>("payment-find", `SELECT ${PAYMENT_COLUMNS} FROM payments WHERE id = $1`);

/**
 * The HTTP face of payments; inside the platform only.
 *
 * @param onOutcome Told what each authorisation was answered: the payment's state, or the problem.
 */
export function registerPaymentRoutes(api: Api, till: Till, onOutcome: (outcome: string) => void): void {
  api.post(
    "/payments/authorisations",
    {
      schema: {
        summary: "Ask for an order's money, once",
        body: AuthorisationRequest,
        response: { ...moved, 202: Payment },
      },
    },
    async (request, reply) => {
      const payment = await authorise(till, request.body).catch((error: unknown) => {
        onOutcome(error instanceof Problem ? error.slug : "error");
        throw error;
      });
      onOutcome(payment.state);
      return reply.code(payment.state === "pending" ? 202 : 201).send(payment);
    },
  );

  api.post(
    "/payments/reversals",
    {
      schema: {
        summary: "Make sure that an order costs nothing",
        body: ReversalRequest,
        response: { 204: Type.Null(), ...problems },
      },
    },
    async (request, reply) => {
      await reverse(till, request.body.orderId);
      return reply.code(204).send(null);
    },
  );

  for (const [path, kind, summary] of [
    ["captures", "capture", "Take held money"],
    ["refunds", "refund", "Give taken money back"],
  ] as const) {
    api.post(
      `/payments/:paymentId/${path}`,
      {
        schema: {
          summary,
          params: PaymentParams,
          headers: IdempotentHeaders,
          body: AmountRequest,
          response: moved,
        },
      },
      async (request, reply) => {
        const { paymentId } = request.params;
        const idempotencyKey = request.headers["idempotency-key"];
        const { amount } = request.body;
        return sendStored(reply, await operate(till, { kind, paymentId, idempotencyKey, amount }));
      },
    );
  }

  api.post(
    "/payments/:paymentId/void",
    {
      schema: {
        summary: "Let held money go",
        params: PaymentParams,
        headers: IdempotentHeaders,
        response: moved,
      },
    },
    async (request, reply) => {
      const { paymentId } = request.params;
      const idempotencyKey = request.headers["idempotency-key"];
      return sendStored(reply, await operate(till, { kind: "void", paymentId, idempotencyKey }));
    },
  );

  api.get(
    "/payments/:paymentId",
    { schema: { summary: "Show a payment", params: PaymentParams, response: found } },
    async (request) => showPayment(await find(till, request.params.paymentId)),
  );

  api.get(
    "/payments/:paymentId/entries",
    {
      schema: {
        summary: "Show what the ledger says of a payment",
        params: PaymentParams,
        response: { 200: LedgerEntries, ...problems },
      },
    },
    async (request) => {
      const { id } = await find(till, request.params.paymentId);
      return { entries: await entriesOf(till.database, id) };
    },
  );
}

async function find({ database }: Till, id: string): Promise<PaymentRow> {
  const [payment] = await database.query(FIND, [id]);
  if (payment === undefined) throw unknownPayment(id);
  return payment;
}
