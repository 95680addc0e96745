import {
  type Caller,
  type Database,
  notPermitted,
  statement,
  type TellSecurityEvent,
} from "../../chassis/index.ts";
import { isPermitted, type Permission, type Role } from "../../contracts/identity.ts";
import { type AccountRow, allRoles, findAccount } from "./accounts.ts";
import { lastAdminKept, unknownAccount } from "./problems.ts";
import { endSessions } from "./sessions.ts";

/** What managing accounts works with. */
export interface ManageParts {
  readonly database: Database;
  readonly tell: TellSecurityEvent;
}

const SET_ROLES = statement<AccountRow & { roles_before: Role[] }>(
  "account-set-roles",
  `WITH before AS (SELECT id, roles FROM accounts WHERE id = $1 AND deleted_at IS NULL FOR UPDATE)
   UPDATE accounts SET roles = $2 FROM before WHERE accounts.id = before.id
   RETURNING accounts.id, email, name, password_hash, accounts.roles, created_at, locked_at,
     before.roles AS roles_before`,
);
const LOCK = statement<{ id: string }>(
  "account-lock",
  `UPDATE accounts SET locked_at = clock_timestamp()
   WHERE id = $1 AND locked_at IS NULL AND deleted_at IS NULL RETURNING id`,
);
const UNLOCK = statement<{ id: string }>(
  "account-unlock",
  "UPDATE accounts SET locked_at = NULL WHERE id = $1 AND locked_at IS NOT NULL AND deleted_at IS NULL RETURNING id",
);

/**
 * Gives an account its roles. They are in its access tokens from the next refresh on.
 *
 * @throws {Problem} 404 where there is none, 409 where nobody could manage accounts any more.
 */
export async function setRoles(
  { database, tell }: ManageParts,
  by: Caller,
  id: string,
  roles: readonly Role[],
): Promise<AccountRow> {
  await requireStill(database, by, "accounts:manage");
  const [changed] = await lastAdminKept(() => database.query(SET_ROLES, [id, allRoles(roles)]));
  if (changed === undefined) throw unknownAccount(id);
  tell("role-changed", { accountId: id, by: by.id, from: changed.roles_before, to: changed.roles });
  return changed;
}

/**
 * Locks an account and ends its sessions. Locking one that is locked changes nothing.
 *
 * @throws {Problem} 404 where there is none, 409 where nobody could manage accounts any more.
 */
export async function lockAccount({ database, tell }: ManageParts, by: Caller, id: string): Promise<void> {
  await requireStill(database, by, "accounts:manage");
  const changed = await lastAdminKept(() =>
    database.transaction(async (transaction) => {
      const locked = await transaction.query(LOCK, [id]);
      await endSessions(transaction, id, "lock");
      return locked.length > 0;
    }),
  );
  if (changed) tell("locked", { accountId: id, by: by.id });
  else await requireAccount(database, id);
}

/**
 * Lets an account be used again. Unlocking one that is not locked changes nothing.
 *
 * @throws {Problem} 404 where there is none.
 */
export async function unlockAccount({ database, tell }: ManageParts, by: Caller, id: string): Promise<void> {
  await requireStill(database, by, "accounts:manage");
  const unlocked = await database.query(UNLOCK, [id]);
  if (unlocked.length > 0) tell("unlocked", { accountId: id, by: by.id });
  else await requireAccount(database, id);
}

/** An access token is good for minutes after its owner has lost a role; here, where roles are given, that is too long. */
async function requireStill(database: Database, caller: Caller, permission: Permission): Promise<void> {
  const account = await findAccount(database, caller.id);
  const may = account !== undefined && account.locked_at === null && isPermitted(account.roles, permission);
  if (!may) throw notPermitted(permission);
}

async function requireAccount(database: Database, id: string): Promise<void> {
  if ((await findAccount(database, id)) === undefined) throw unknownAccount(id);
}
