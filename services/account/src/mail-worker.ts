import { createTransport } from "nodemailer";
import { Type } from "typebox";
import { Compile } from "typebox/compile";
import { type Database, type Logger, type Metrics, statement } from "../../chassis/index.ts";
import type { MailKind } from "./mail.ts";
import { type MailText, mailText } from "./mail-texts.ts";
import type { SecretBox } from "./secret-box.ts";

/** How mails leave. */
export interface MailOptions {
  /** Such as `smtp://user:password@mail.example.com:587`; undefined: they do not. */
  readonly url: string | undefined;
  /** Whether mails are written to the log where they cannot leave; else they stay where they are. */
  readonly isLogged: boolean;
  /** Sender, such as `Shop <no-reply@example.com>`. */
  readonly from: string;
  /** What links begin with. */
  readonly publicUrl: string;
}

/** Mails that one turn sends at the most. */
const BATCH = 10;
/** Pause after a failed attempt, in seconds; it doubles with each further, up to half an hour. */
const PAUSE_SECONDS = 5;
const MAX_PAUSE_SECONDS = 1800;
/** Milliseconds that a mail server has for each step. */
const TIMEOUT = 10_000;

/**
 * Takes mails that are due. Their next attempt is put off at once, so that no other replica takes them, too, and one
 * that was being sent when a process died is tried again.
 */
const TAKE = statement<{ id: string; kind: MailKind; sealed: Buffer }>(
  "mail-take",
  `UPDATE mail SET attempts = attempts + 1, next_attempt_at = clock_timestamp()
     + make_interval(secs => least(${PAUSE_SECONDS} * 2 ^ least(attempts, 20), ${MAX_PAUSE_SECONDS}))
   WHERE id IN (SELECT id FROM mail
     WHERE sealed IS NOT NULL AND next_attempt_at <= clock_timestamp() AND expires_at > now()
     ORDER BY next_attempt_at LIMIT ${BATCH} FOR UPDATE SKIP LOCKED)
   RETURNING id, kind, sealed`,
);
const SENT = statement(
  "mail-sent",
  "UPDATE mail SET sealed = NULL, sent_at = clock_timestamp() WHERE id = $1 AND sealed IS NOT NULL",
);
const REFUSED = statement(
  "mail-refused",
  "UPDATE mail SET sealed = NULL, refused_at = clock_timestamp() WHERE id = $1 AND sealed IS NOT NULL",
);
const WAITING = statement<{ count: number }>(
  "mail-waiting",
  "SELECT count(*) AS count FROM mail WHERE sealed IS NOT NULL AND expires_at > now()",
);

const content = Compile(
  Type.Object({ email: Type.String(), name: Type.String(), token: Type.Optional(Type.String()) }),
);

/** A mail as it leaves. */
interface OutgoingMail extends MailText {
  readonly id: string;
  readonly email: string;
}

/** What the mail server answered, where it refused for good: trying again would not help. */
function refusalCode(error: unknown): number | undefined {
  if (!(error instanceof Error && "responseCode" in error)) return undefined;
  const code = error.responseCode;
  // 530 to 538 speak of the login, which is ours to put right.
  return typeof code === "number" && code >= 550 && code < 560 ? code : undefined;
}

/**
 * Makes the background work that sends mails. It logs no address and no text, unless it is told to: a link in a log opens
 * an account.
 *
 * @returns A turn that sends what is due and answers whether more may be waiting; undefined where mails cannot leave.
 */
export function mailTurn(
  database: Database,
  box: SecretBox,
  options: MailOptions,
  metrics: Metrics,
  log: Logger,
): (() => Promise<boolean>) | undefined {
  const outcomes = metrics.counter("account_mails_total", "Attempts to send a mail, by outcome", ["outcome"]);
  metrics.gauge("account_mails_waiting", "Mails that are not sent yet", async () => {
    const [row] = await database.query(WAITING).catch(() => []);
    return row?.count ?? Number.NaN;
  });
  const deliver = deliveryBy(options, log);
  if (deliver === undefined) return undefined;

  const send = async ({ id, kind, sealed }: { id: string; kind: MailKind; sealed: Buffer }) => {
    try {
      const read: unknown = JSON.parse(box.open("mail", id, sealed));
      if (!content.Check(read)) throw new Error("a stored mail is not what a mail is");
      await deliver({ id, email: read.email, ...mailText(kind, read, options.publicUrl) });
      await database.query(SENT, [id]);
      outcomes.inc({ outcome: "sent" });
    } catch (error) {
      const code = refusalCode(error);
      outcomes.inc({ outcome: code === undefined ? "failed" : "refused" });
      if (code !== undefined) await database.query(REFUSED, [id]);
      const said = error instanceof Error && "code" in error ? error.code : undefined;
      log.warn(
        { mailId: id, kind, code: code ?? said },
        code ? "a mail was refused" : "a mail was not sent; it is tried again",
      );
    }
  };
  return async () => {
    const mails = await database.query(TAKE);
    for (const mail of mails) await send(mail);
    return mails.length === BATCH;
  };
}

/** How a mail leaves; undefined where it cannot. */
function deliveryBy(
  { url, isLogged, from, publicUrl }: MailOptions,
  log: Logger,
): ((mail: OutgoingMail) => Promise<void>) | undefined {
  if (url === undefined && isLogged) {
    log.warn("MAIL_LOG is on: mails are written to this log, with links that open accounts");
    return async ({ id, email, subject, text }) => {
      log.warn({ mailId: id, to: email, subject, text }, "a mail, as there is no mail server");
    };
  }
  if (url === undefined) {
    log.warn("MAIL_URL is not set: mails are stored and not sent");
    return undefined;
  }
  const transport = createTransport({
    url,
    connectionTimeout: TIMEOUT,
    greetingTimeout: TIMEOUT,
    socketTimeout: TIMEOUT,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return async ({ id, email, subject, text }) => {
    await transport.sendMail({
      from,
      // The address alone: nobody gets to write anything else into a header.
      to: { name: "", address: email },
      messageId: `<${id}@${new URL(publicUrl).hostname}>`,
      headers: { "auto-submitted": "auto-generated" },
      subject,
      text,
    });
  };
}
