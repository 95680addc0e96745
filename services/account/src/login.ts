import { limitedUnit, Problem } from "../../chassis/index.ts";
import { type AccountRow, canonicalEmail, findAccount, findByEmail, setPassword } from "./accounts.ts";
import { type AttemptUnit, attemptUnit } from "./attempt-policy.ts";
import type { Attempts } from "./attempts.ts";
import type { Devices } from "./devices.ts";
import { storeMail } from "./mail.ts";
import { dropResets, type ResetParts } from "./password-reset.ts";
import { requireStrongPassword } from "./password-rules.ts";
import { badCredentials, unknownAccount, wrongPassword } from "./problems.ts";
import { endSessions, type OpenSession, type Sessions } from "./sessions.ts";

/** What logging in works with. */
export interface LoginParts extends ResetParts {
  readonly sessions: Sessions;
  readonly attempts: Attempts;
  readonly devices: Devices;
}

/** Where an attempt comes from. */
export interface Origin {
  /** Address of the person's computer, as the gateway has seen it. */
  readonly address: string;
  readonly requestId: string;
  /** The device's cookie, if it has one. */
  readonly device?: string | undefined;
}

/** Somebody who is logged in now. */
export interface LoggedIn {
  readonly account: AccountRow;
  readonly session: OpenSession;
  /** A cookie for a device that had none for this account. */
  readonly newDevice: string | undefined;
}

/**
 * Logs somebody in. An address without an account takes the same work and gets the same answer as a wrong password.
 *
 * @throws {Problem} 401 when they cannot be, 429 when too many attempts have failed.
 */
export async function logIn(
  parts: LoginParts,
  credentials: { readonly email: string; readonly password: string },
  origin: Origin,
): Promise<LoggedIn> {
  const { database, passwords, sessions, attempts, devices, tell } = parts;
  const email = canonicalEmail(credentials.email);
  const device = devices.recognise(origin.device, email);
  const own = device === undefined ? attemptUnit("account", email) : attemptUnit("device", device);
  const account = await findByEmail(database, email);
  const told = { accountId: account?.id, address: origin.address, requestId: origin.requestId };
  const proven = await guarded(parts, own, origin, account?.id, () =>
    passwords.verify(credentials.password, account?.password_hash),
  );
  const session =
    proven && account !== undefined && account.locked_at === null
      ? await sessions.open(account.id, account.password_hash)
      : undefined;
  if (account === undefined || session === undefined) {
    tell("login-failed", told);
    throw badCredentials();
  }
  await attempts.settle([own], []);
  // Where it cannot be done now, the next login does it.
  await renewHash(parts, account, credentials.password).catch(() => undefined);
  tell("login", { ...told, sessionId: session.sessionId });
  return { account, session, newDevice: device === undefined ? devices.issue(email) : undefined };
}

/**
 * Changes the password of somebody who is logged in and knows the current one. Every session ends, and a new one
 * begins.
 *
 * @throws {Problem} 403 when the current password is another one, 422 when the new one is too weak.
 */
export async function changePassword(
  parts: LoginParts,
  accountId: string,
  request: { readonly currentPassword: string; readonly password: string },
  origin: Origin,
): Promise<LoggedIn> {
  const { database, box, passwords, sessions, tell, onMail } = parts;
  const account = await findAccount(database, accountId);
  if (account === undefined) throw unknownAccount(accountId);
  const { email, name } = account;
  requireStrongPassword(request.password, email);
  const own = await provePassword(parts, account, request.currentPassword, origin);
  const passwordHash = await passwords.hash(request.password);
  const changed = await database.transaction(async (transaction) => {
    const row = await setPassword(transaction, accountId, account.password_hash, passwordHash);
    if (row === undefined) return undefined;
    await dropResets(transaction, accountId);
    await endSessions(transaction, accountId, "password");
    await storeMail(transaction, box, "password-changed", { email, name });
    return row;
  });
  const session = changed && (await sessions.open(accountId, passwordHash));
  if (changed === undefined || session === undefined) throw wrongPassword();
  await parts.attempts.settle([own], []);
  tell("password-changed", { accountId, address: origin.address, requestId: origin.requestId });
  onMail();
  return { account: changed, session, newDevice: parts.devices.issue(email) };
}

/**
 * Lets nobody go on who is logged in and does not know the password, and slows down who guesses it.
 *
 * @returns What to settle once it turned out well.
 * @throws {Problem} 403 when it is another one, 429 when too many attempts have failed.
 */
export async function provePassword(
  parts: Pick<LoginParts, "attempts" | "tell" | "passwords">,
  { id, password_hash }: AccountRow,
  password: string,
  origin: Origin,
): Promise<AttemptUnit> {
  const own = attemptUnit("caller", id);
  const proven = await guarded(parts, own, origin, id, () => parts.passwords.verify(password, password_hash));
  if (!proven) throw wrongPassword();
  return own;
}

/** Makes a hash of former parameters anew, now that its password is known. */
async function renewHash(
  { database, passwords }: Pick<LoginParts, "database" | "passwords">,
  { id, password_hash: former }: AccountRow,
  password: string,
): Promise<void> {
  if (!passwords.isOutdated(former)) return;
  await setPassword(database, id, former, await passwords.hash(password));
}

/** Looks at a password once the attempt is counted; one that was right, or not looked at, does not count. */
async function guarded(
  { attempts, tell }: Pick<LoginParts, "attempts" | "tell">,
  own: AttemptUnit,
  { address, requestId }: Origin,
  accountId: string | undefined,
  verify: () => Promise<boolean>,
): Promise<boolean> {
  const shared = attemptUnit("address", limitedUnit(address));
  try {
    await attempts.begin([own, shared]);
  } catch (error) {
    if (error instanceof Problem && error.status === 429)
      tell("locked-out", { accountId, address, requestId });
    throw error;
  }
  try {
    const proven = await verify();
    if (proven) await attempts.settle([], [shared]);
    return proven;
  } catch (error) {
    await attempts.settle([], [own, shared]);
    throw error;
  }
}
