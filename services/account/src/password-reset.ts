import { type Database, type Queryable, statement, type TellSecurityEvent } from "../../chassis/index.ts";
import { canonicalEmail, findAccount, findByEmail, setPassword } from "./accounts.ts";
import { forgetting } from "./forgetting.ts";
import { storeMail, storeNoMail } from "./mail.ts";
import { requireStrongPassword } from "./password-rules.ts";
import type { Passwords } from "./passwords.ts";
import { badToken } from "./problems.ts";
import type { SecretBox } from "./secret-box.ts";
import { endSessions } from "./sessions.ts";
import { newToken, tokenHash } from "./token.ts";

/** What resetting passwords works with. */
export interface ResetParts {
  readonly database: Database;
  readonly box: SecretBox;
  readonly passwords: Passwords;
  readonly tell: TellSecurityEvent;
  /** Called when a mail was stored. */
  readonly onMail: () => void;
}

/** A token can be used for so long. */
const KEPT_MINUTES = 30;
/** A request that is repeated within so many seconds, with the same password, is answered the same. */
const REPEAT_SECONDS = 60;

const ADD = statement(
  "reset-add",
  `INSERT INTO password_resets (token_hash, account_id, expires_at)
   VALUES ($1, $2, now() + make_interval(mins => ${KEPT_MINUTES}))`,
);
const FIND = statement<{ account_id: string; used: boolean }>(
  "reset-find",
  `SELECT account_id, used_at IS NOT NULL AS used FROM password_resets
   WHERE token_hash = $1 AND expires_at > clock_timestamp()
     AND (used_at IS NULL OR used_at > clock_timestamp() - interval '${REPEAT_SECONDS} seconds')`,
);
const USE = statement<{ account_id: string }>(
  "reset-use",
  `UPDATE password_resets SET used_at = clock_timestamp()
   WHERE token_hash = $1 AND used_at IS NULL AND expires_at > clock_timestamp() RETURNING account_id`,
);
const DROP_OTHERS = statement(
  "reset-drop-others",
  "DELETE FROM password_resets WHERE account_id = $1 AND used_at IS NULL",
);
/** Sends a link to whoever has an account with this address; says nothing to who asks. */
export async function requestReset(
  { database, box, tell, onMail }: ResetParts,
  address: string,
): Promise<void> {
  const email = canonicalEmail(address);
  const accountId = await database.transaction(async (transaction) => {
    const account = await findByEmail(transaction, email);
    if (account === undefined || account.locked_at !== null) {
      await storeNoMail(transaction, box, "reset-password", email);
      return undefined;
    }
    const token = newToken();
    const content = { email, name: account.name, token };
    if (!(await storeMail(transaction, box, "reset-password", content))) return undefined;
    await transaction.query(ADD, [tokenHash(token), account.id]);
    return account.id;
  });
  tell("password-reset-requested", { accountId });
  onMail();
}

/**
 * Sets the password by a token, and ends every session.
 *
 * @returns The address, which whoever has the token has shown to be theirs.
 * @throws {Problem} 404 when the token is no good.
 */
export async function resetPassword(
  { database, box, passwords, tell, onMail }: ResetParts,
  token: string,
  password: string,
): Promise<string> {
  const hash = tokenHash(token);
  // Looked up before the password is hashed, so that tokens that are made up cost next to nothing.
  const [found] = await database.query(FIND, [hash]);
  const account = found && (await findAccount(database, found.account_id));
  if (found === undefined || account === undefined) throw badToken();
  if (found.used) {
    if (await passwords.verify(password, account.password_hash)) return account.email;
    throw badToken();
  }
  requireStrongPassword(password, account.email);
  const passwordHash = await passwords.hash(password);
  await database.transaction(async (transaction) => {
    const used = await transaction.query(USE, [hash]);
    if (used.length === 0) throw badToken();
    const changed = await setPassword(transaction, account.id, account.password_hash, passwordHash);
    if (changed === undefined) throw badToken();
    await dropResets(transaction, account.id);
    await endSessions(transaction, account.id, "password");
    await storeMail(transaction, box, "password-changed", { email: account.email, name: account.name });
  });
  tell("password-reset", { accountId: account.id });
  onMail();
  return account.email;
}

/** Makes links that were sent before useless. */
export const dropResets = async (transaction: Queryable, accountId: string): Promise<void> => {
  await transaction.query(DROP_OTHERS, [accountId]);
};

/** Removes tokens whose time is over. */
export const forgetOldResets = forgetting("password_resets", "expires_at < now()");
