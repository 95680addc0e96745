import { Type } from "typebox";
import {
  type Api,
  ContractError,
  FORGOTTEN_AT_ONCE,
  type Logger,
  Problem,
  ProblemDetails,
  type Queryable,
  statement,
} from "../../chassis/index.ts";
import { carryOutReturn, type Till } from "./operations.ts";
import type { ProviderEvent, Webhooks } from "./provider.ts";
import { ImpossibleDecisionError, settle } from "./settlement.ts";
import { isSigned } from "./webhook-signature.ts";

const WebhookParams = Type.Object({ provider: Type.String({ maxLength: 32 }) });
const Received = Type.Object({ received: Type.Boolean() });

const REMEMBER = statement<{ event_id: string }>(
  "provider-event-remember",
  `INSERT INTO provider_events (provider, event_id) VALUES ($1, $2)
   ON CONFLICT DO NOTHING RETURNING event_id`,
);
/** No provider sends an event again after so long, in days; its signature would be too old anyway. */
const REMEMBERED_DAYS = 30;
const FORGET = statement<{ event_id: string }>(
  "provider-event-forget",
  `DELETE FROM provider_events WHERE ctid = ANY (ARRAY(
     SELECT ctid FROM provider_events WHERE received_at < now() - make_interval(days => $1)
     ORDER BY received_at LIMIT ${FORGOTTEN_AT_ONCE} FOR UPDATE SKIP LOCKED))
   RETURNING event_id`,
);

/**
 * Removes ids of events that cannot come again.
 *
 * @returns Whether there may be more of them.
 */
export const forgetOldEvents = async (database: Queryable): Promise<boolean> =>
  (await database.query(FORGET, [REMEMBERED_DAYS])).length === FORGOTTEN_AT_ONCE;

/** What an event was to us. */
export type Receipt = "applied" | "known" | "no news" | "ignored";

/**
 * Applies an event of the provider, once: its id and its effect are stored in one transaction.
 *
 * @throws {ImpossibleDecisionError} when it cannot be true; nothing is stored then.
 */
export async function receive(till: Till, event: ProviderEvent): Promise<Receipt> {
  const receipt = await till.database.transaction(async (transaction) => {
    const first = await transaction.query(REMEMBER, [till.provider.name, event.id]);
    if (first.length === 0) return { what: "known" as const, late: false };
    const settled = await settle(transaction, event.paymentId, event.decision);
    return { what: settled ? ("applied" as const) : ("no news" as const), late: settled?.late ?? false };
  });
  if (receipt.what === "applied") till.onEvent();
  // The return is planned with the event; where it fails now the background does it.
  if (receipt.late) await carryOutReturn(till, event.paymentId).catch(() => undefined);
  return receipt.what;
}

/**
 * `POST /webhooks/{provider}`: what the provider tells later. Signed by the provider, over the bytes of the body.
 * Whatever is understood is answered 200, so that it is not sent again.
 *
 * @param onReceived Counts the events.
 */
export function registerWebhookRoutes(
  api: Api,
  till: Till,
  log: Logger,
  onReceived: (receipt: Receipt) => void,
): void {
  const { name, webhooks } = till.provider;
  // A scope of its own: only here the body is taken as the bytes that were signed.
  api.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser("application/json", { parseAs: "buffer" }, (_, body, done) =>
      done(null, body),
    );
    scope.post<{ Params: { provider: string }; Body: unknown }>(
      "/webhooks/:provider",
      {
        schema: {
          summary: "Take an event of the payment provider",
          params: WebhookParams,
          response: { 200: Received, "4xx": ProblemDetails, "5xx": ProblemDetails },
        },
      },
      async ({ params, headers, body }) => {
        if (params.provider !== name) throw unknownProvider(params.provider);
        const payload = verified(webhooks, headers[webhooks.signatureHeader], body);
        const event = understood(webhooks, payload);
        if (event === undefined) {
          onReceived("ignored");
          return { received: true };
        }
        try {
          onReceived(await receive(till, event));
        } catch (error) {
          if (!(error instanceof ImpossibleDecisionError)) throw error;
          // Sending it again would not make it true: people find it by reconciliation.
          log.error({ err: error, eventId: event.id }, "the provider tells of an impossible payment");
          onReceived("ignored");
        }
        return { received: true };
      },
    );
  });
}

function verified({ secret }: Webhooks, header: string | string[] | undefined, body: unknown): Buffer {
  const now = Math.floor(Date.now() / 1000);
  if (typeof header === "string" && Buffer.isBuffer(body) && isSigned(secret, header, body, now)) return body;
  throw new Problem({
    status: 400,
    slug: "invalid-signature",
    title: "Invalid signature",
    detail: "The webhook is not signed with this endpoint's secret, or was signed too long ago",
  });
}

function understood(webhooks: Webhooks, payload: Buffer): ProviderEvent | undefined {
  try {
    return webhooks.read(JSON.parse(payload.toString()));
  } catch (error) {
    if (!(error instanceof ContractError || error instanceof SyntaxError)) throw error;
    throw new Problem({
      status: 400,
      slug: "invalid-request",
      title: "Invalid request",
      detail: `The event cannot be read: ${error.message}`,
    });
  }
}

const unknownProvider = (provider: string): Problem =>
  new Problem({
    status: 404,
    slug: "unknown-provider",
    title: "Unknown provider",
    detail: `Payments are not made with "${provider}"`,
  });
