import { type Database, statement, type TellSecurityEvent } from "../../chassis/index.ts";
import type { RegistrationRequest } from "../../contracts/account-api.ts";
import { addAccount, canonicalEmail, findByEmail } from "./accounts.ts";
import { forgetting } from "./forgetting.ts";
import { storeMail } from "./mail.ts";
import { requireStrongPassword } from "./password-rules.ts";
import type { Passwords } from "./passwords.ts";
import { badToken } from "./problems.ts";
import type { SecretBox } from "./secret-box.ts";
import { newToken, tokenHash } from "./token.ts";

/** What registering works with. */
export interface RegistrationParts {
  readonly database: Database;
  readonly box: SecretBox;
  readonly passwords: Passwords;
  /** Whether an account is there only after the link in its mail was followed. */
  readonly verification: "required" | "off";
  readonly tell: TellSecurityEvent;
  /** Called when a mail was stored. */
  readonly onMail: () => void;
}

/** A registration waits so long for its link to be followed, in hours. */
const KEPT_HOURS = 24;

const ADD = statement(
  "registration-add",
  `INSERT INTO registrations (token_hash, email, name, password_hash, expires_at)
   VALUES ($1, $2, $3, $4, now() + make_interval(hours => ${KEPT_HOURS}))`,
);
/** Links of one address that are followed at the same moment take turns. */
const LOCK = statement(
  "registration-lock",
  "SELECT pg_advisory_xact_lock(hashtext('registration ' || email)) FROM registrations WHERE token_hash = $1",
);
const FIND = statement<{ email: string; name: string; password_hash: string | null }>(
  "registration-find",
  `SELECT email, name, password_hash FROM registrations
   WHERE token_hash = $1 AND expires_at > clock_timestamp()`,
);
const COMPLETE = statement(
  "registration-complete",
  `UPDATE registrations SET account_id = $2, password_hash = NULL
   WHERE token_hash = $1 AND account_id IS NULL`,
);
const DROP_OTHERS = statement(
  "registration-drop-others",
  "DELETE FROM registrations WHERE email = $1 AND account_id IS NULL",
);
/**
 * Registers somebody, and tells nobody but the owner of the address whether it has an account already. The work is
 * the same in both cases.
 */
export async function register(
  { database, box, passwords, verification, tell, onMail }: RegistrationParts,
  request: RegistrationRequest,
): Promise<void> {
  const email = canonicalEmail(request.email);
  requireStrongPassword(request.password, email);
  const passwordHash = await passwords.hash(request.password);
  const { name } = request;
  const accountId = await database.transaction(async (transaction) => {
    const known = await findByEmail(transaction, email);
    const added =
      known === undefined && verification === "off"
        ? await addAccount(transaction, { email, name, passwordHash })
        : undefined;
    if (added !== undefined) return added.id;
    if (known !== undefined || verification === "off") {
      await storeMail(transaction, box, "already-registered", { email, name: known?.name ?? name });
      return undefined;
    }
    const token = newToken();
    const mailed = await storeMail(transaction, box, "verify-email", { email, name, token });
    if (mailed) await transaction.query(ADD, [tokenHash(token), email, name, passwordHash]);
    return undefined;
  });
  tell("registered", { accountId });
  onMail();
}

/**
 * Makes the account that a registration waits for. Each registration of an address has a link of its own, and a
 * link makes the account with the name and password that were given with it; so nobody gets into an account by
 * having registered its address before its owner did.
 *
 * @returns The address, which whoever follows the link has shown to be theirs.
 * @throws {Problem} 404 when the link is no good. A repeated request is no error.
 */
export async function verifyEmail(
  { database, tell }: Pick<RegistrationParts, "database" | "tell">,
  token: string,
): Promise<string> {
  const hash = tokenHash(token);
  const { email, account } = await database.transaction(async (transaction) => {
    await transaction.query(LOCK, [hash]);
    const [found] = await transaction.query(FIND, [hash]);
    if (found === undefined) throw badToken();
    const { email, name, password_hash: passwordHash } = found;
    if (passwordHash === null) return { email, account: undefined };
    const added = await addAccount(transaction, { email, name, passwordHash });
    if (added === undefined) throw badToken();
    await transaction.query(COMPLETE, [hash, added.id]);
    await transaction.query(DROP_OTHERS, [email]);
    return { email, account: added };
  });
  if (account !== undefined) tell("verified", { accountId: account.id });
  return email;
}

/** Removes registrations whose time is over. */
export const forgetOldRegistrations = forgetting("registrations", "expires_at < now()");
