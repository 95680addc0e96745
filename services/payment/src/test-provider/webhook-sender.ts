import { request } from "undici";
import { type Database, statement } from "../../../chassis/index.ts";
import { signWebhook } from "../webhook-signature.ts";
import { cardOf } from "./cards.ts";
import { CHANGE_CHARGE, type ChargeRow, LOCK_CHARGE } from "./charges.ts";
import { SIGNATURE_HEADER, writeEvent } from "./webhook-events.ts";

/** What webhooks are sent with. */
export interface WebhookSenderOptions {
  readonly database: Database;
  readonly secret: string;
  /** Where they are sent; undefined while nobody listens there. */
  readonly url: () => string | undefined;
}

interface WebhookRow {
  readonly event_id: string;
  readonly charge_key: string;
  readonly copies: number;
}

/** So many are sent at the same time. */
const BATCH = 20;
/** Milliseconds until the receiver is given up. */
const TIMEOUT = 5000;

/**
 * Takes webhooks that are due and puts each off until it is to be tried again, 1 s at first and up to 1 h later: the
 * one that was taken by a process that died comes again then.
 */
const TAKE = statement<WebhookRow>(
  "test-provider-take-webhooks",
  `UPDATE test_provider.webhooks
   SET attempts = attempts + 1, due_at = clock_timestamp() + make_interval(secs => least(3600, 2 ^ least(attempts, 12)))
   WHERE event_id IN (
     SELECT event_id FROM test_provider.webhooks WHERE due_at <= clock_timestamp()
     ORDER BY due_at LIMIT ${BATCH} FOR UPDATE SKIP LOCKED)
   RETURNING event_id, charge_key, copies`,
);
const TAKEN = statement(
  "test-provider-webhook-taken",
  "DELETE FROM test_provider.webhooks WHERE event_id = $1",
);

/**
 * Decides what is due to be decided, and tells of it by signed requests until they are answered 2xx.
 *
 * @returns Whether more may be due.
 */
export async function sendWebhooks({ database, secret, url }: WebhookSenderOptions): Promise<boolean> {
  const target = url();
  if (target === undefined) return false;
  const due = await database.query(TAKE);
  await Promise.all(
    due.map(async ({ event_id: id, charge_key, copies }) => {
      const body = Buffer.from(writeEvent(id, await decide(database, charge_key)));
      const sent = Array.from({ length: copies }, () => send(target, secret, body));
      if ((await Promise.all(sent)).every(Boolean)) await database.query(TAKEN, [id]);
    }),
  );
  return due.length === BATCH;
}

/** Makes the decision of a charge that was left open; a charge that was decided stays as it is. */
export const decide = (database: Database, key: string): Promise<ChargeRow> =>
  database.transaction(async (transaction) => {
    const [charge] = await transaction.query(LOCK_CHARGE, [key]);
    if (charge === undefined) throw new Error(`the test provider lost charge ${key}`);
    if (charge.state !== "processing") return charge;
    const { declineCode } = cardOf(charge.card_token);
    const state = declineCode !== undefined ? "declined" : charge.capture ? "captured" : "authorised";
    const captured = state === "captured" ? charge.amount : 0;
    const [decided] = await transaction.query(CHANGE_CHARGE, [key, state, captured, 0, declineCode ?? null]);
    return decided ?? charge;
  });

/** @returns Whether the receiver has taken it. */
async function send(url: string, secret: string, body: Buffer): Promise<boolean> {
  try {
    const answer = await request(url, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        [SIGNATURE_HEADER]: signWebhook(secret, body, Math.floor(Date.now() / 1000)),
      },
      body,
      headersTimeout: TIMEOUT,
      bodyTimeout: TIMEOUT,
    });
    await answer.body.dump();
    return answer.statusCode >= 200 && answer.statusCode < 300;
  } catch {
    // Nobody there: it is tried again when it is due again.
    return false;
  }
}
