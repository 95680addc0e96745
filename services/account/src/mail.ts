import { randomUUIDv7 } from "node:crypto";
import { type Queryable, statement } from "../../chassis/index.ts";
import { forgetting } from "./forgetting.ts";
import type { SecretBox } from "./secret-box.ts";

/** What people are told by mail. */
export type MailKind = "verify-email" | "already-registered" | "reset-password" | "password-changed";

/** What a mail says, and to whom. */
export interface MailContent {
  readonly email: string;
  readonly name: string;
  /** What its link carries, where it has one. */
  readonly token?: string;
}

/** Mails of one kind that one address gets in an hour at the most, whoever asks for them. */
const HOURLY = 5;
/** A mail that could not be sent for so long is not sent any more, in hours. */
const KEPT_HOURS = 24;

const STORE = statement<{ id: string }>(
  "mail-store",
  `INSERT INTO mail (id, kind, recipient_hash, sealed, refused_at, expires_at)
   SELECT $1, $2, $3, $4, CASE WHEN $4::bytea IS NULL THEN now() END, now() + make_interval(hours => ${KEPT_HOURS})
   WHERE ${HOURLY} > (SELECT count(*) FROM mail
     WHERE recipient_hash = $3 AND kind = $2 AND created_at > now() - interval '1 hour')
   RETURNING id`,
);
/** Removes mails that were sent, and those that came too late. */
export const forgetOldMail = forgetting("mail", "expires_at < now()");

/** By what an address's mails are counted: nobody reads the address from it. */
export const recipientHash = (box: SecretBox, email: string): Buffer => box.mac("recipient", email);

/**
 * Stores a mail in the transaction of its cause; it is sent in the background.
 *
 * @returns false where the address got too many of its kind already, and gets none.
 */
export async function storeMail(
  transaction: Queryable,
  box: SecretBox,
  kind: MailKind,
  content: MailContent,
): Promise<boolean> {
  const id = randomUUIDv7();
  const sealed = box.seal("mail", id, JSON.stringify(content));
  const stored = await transaction.query(STORE, [id, kind, recipientHash(box, content.email), sealed]);
  return stored.length > 0;
}

/**
 * Stores that there is nobody to send a mail to. It is not for the record: writing takes time, and the time that an
 * answer takes must not tell whether an address has an account.
 */
export async function storeNoMail(
  transaction: Queryable,
  box: SecretBox,
  kind: MailKind,
  email: string,
): Promise<void> {
  await transaction.query(STORE, [randomUUIDv7(), kind, recipientHash(box, email), null]);
}
