import { type Database, type Queryable, statement } from "../../chassis/index.ts";
import type { AccountExport } from "../../contracts/account-api.ts";
import { type AccountRow, findAccount, showAccount } from "./accounts.ts";
import { recipientHash } from "./mail.ts";
import { lastAdminKept, unknownAccount } from "./problems.ts";
import type { SecretBox } from "./secret-box.ts";
import { endSessions } from "./sessions.ts";

const SESSIONS = statement<{ id: string; created_at: Date; expires_at: Date; ended_at: Date | null }>(
  "export-sessions",
  "SELECT id, created_at, expires_at, ended_at FROM sessions WHERE account_id = $1 ORDER BY id",
);
const MAILS = statement<{ kind: string; created_at: Date; sent_at: Date | null }>(
  "export-mails",
  "SELECT kind, created_at, sent_at FROM mail WHERE recipient_hash = $1 AND refused_at IS NULL ORDER BY id",
);
const ANONYMISE = statement<{ id: string }>(
  "account-anonymise",
  `UPDATE accounts SET deleted_at = clock_timestamp(), email = NULL, name = NULL, password_hash = NULL,
     roles = '{customer}'
   WHERE id = $1 AND deleted_at IS NULL RETURNING id`,
);
/** Everything else that could name or find the person. */
const FORGET = [
  statement("forget-resets", "DELETE FROM password_resets WHERE account_id = $1"),
  statement("forget-registrations", "DELETE FROM registrations WHERE account_id = $1"),
];
const FORGET_MAIL = statement("forget-mail", "DELETE FROM mail WHERE recipient_hash = $1");

/** All that is kept about somebody (GDPR, articles 15 and 20). */
export async function exportAccount(
  database: Queryable,
  box: SecretBox,
  account: AccountRow,
): Promise<AccountExport> {
  const sessions = await database.query(SESSIONS, [account.id]);
  const mails = await database.query(MAILS, [recipientHash(box, account.email)]);
  return {
    account: showAccount(account),
    sessions: sessions.map(({ id, created_at, expires_at, ended_at }) => ({
      id,
      createdAt: created_at.toISOString(),
      expiresAt: expires_at.toISOString(),
      ...(ended_at !== null && { endedAt: ended_at.toISOString() }),
    })),
    mails: mails.map(({ kind, created_at, sent_at }) => ({
      kind,
      createdAt: created_at.toISOString(),
      ...(sent_at !== null && { sentAt: sent_at.toISOString() }),
    })),
  };
}

/**
 * Deletes an account (GDPR, article 17): all that names a person goes, and its id stays, which orders and ledgers
 * name. Its address may register again.
 *
 * @throws {Problem} 404 where there is none, 409 for the last admin.
 */
export const deleteAccount = (database: Database, box: SecretBox, id: string): Promise<void> =>
  lastAdminKept(() =>
    database.transaction(async (transaction) => {
      const account = await findAccount(transaction, id);
      const deleted = await transaction.query(ANONYMISE, [id]);
      if (account === undefined || deleted.length === 0) throw unknownAccount(id);
      await endSessions(transaction, id, "deletion");
      for (const forget of FORGET) await transaction.query(forget, [id]);
      await transaction.query(FORGET_MAIL, [recipientHash(box, account.email)]);
    }),
  );
