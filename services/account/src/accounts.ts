import { randomUUIDv7 } from "node:crypto";
import { type Queryable, statement } from "../../chassis/index.ts";
import type { Account } from "../../contracts/account-api.ts";
import { ROLES, type Role } from "../../contracts/identity.ts";

/** An account that is somebody's, as the database keeps it. */
export interface AccountRow {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly password_hash: string;
  readonly roles: Role[];
  readonly created_at: Date;
  readonly locked_at: Date | null;
}

const COLUMNS = "id, email, name, password_hash, roles, created_at, locked_at";

const FIND = statement<AccountRow>(
  "account-find",
  `SELECT ${COLUMNS} FROM accounts WHERE id = $1 AND deleted_at IS NULL`,
);
const FIND_BY_EMAIL = statement<AccountRow>(
  "account-find-by-email",
  `SELECT ${COLUMNS} FROM accounts WHERE email = $1`,
);
const ADD = statement<AccountRow>(
  "account-add",
  `INSERT INTO accounts (id, email, name, password_hash, roles) VALUES ($1, $2, $3, $4, $5)
   ON CONFLICT (email) DO NOTHING RETURNING ${COLUMNS}`,
);
const RENAME = statement<AccountRow>(
  "account-rename",
  `UPDATE accounts SET name = $2 WHERE id = $1 AND deleted_at IS NULL RETURNING ${COLUMNS}`,
);
const SET_PASSWORD = statement<AccountRow>(
  "account-set-password",
  `UPDATE accounts SET password_hash = $3
   WHERE id = $1 AND password_hash = $2 AND locked_at IS NULL AND deleted_at IS NULL RETURNING ${COLUMNS}`,
);

/** An address as accounts are found by it: nobody's mail server tells upper from lower case. */
export const canonicalEmail = (email: string): string => email.toLowerCase();

/** An account as the API shows it. */
export const showAccount = (row: AccountRow): Account => ({
  id: row.id,
  email: row.email,
  name: row.name,
  roles: row.roles,
  createdAt: row.created_at.toISOString(),
  ...(row.locked_at !== null && { lockedAt: row.locked_at.toISOString() }),
});

/** Roles as accounts have them: each once, in one order, and everybody is a customer. */
export const allRoles = (roles: readonly Role[]): Role[] =>
  ROLES.filter((role) => role === "customer" || roles.includes(role));

/** Finds an account that was not deleted. */
export async function findAccount(database: Queryable, id: string): Promise<AccountRow | undefined> {
  return (await database.query(FIND, [id]))[0];
}

/** Finds the account of an address; see {@link canonicalEmail}. */
export async function findByEmail(database: Queryable, email: string): Promise<AccountRow | undefined> {
  return (await database.query(FIND_BY_EMAIL, [email]))[0];
}

/** What a new account begins with. */
export interface NewAccount {
  readonly email: string;
  readonly name: string;
  readonly passwordHash: string;
  readonly roles?: readonly Role[];
}

/** Adds an account; undefined where its address has one already, which stays as it is. */
export async function addAccount(
  database: Queryable,
  { email, name, passwordHash, roles = [] }: NewAccount,
): Promise<AccountRow | undefined> {
  const values = [randomUUIDv7(), email, name, passwordHash, allRoles(roles)];
  return (await database.query(ADD, values))[0];
}

/** Changes the name; undefined where there is no such account. */
export async function renameAccount(
  database: Queryable,
  id: string,
  name: string,
): Promise<AccountRow | undefined> {
  return (await database.query(RENAME, [id, name]))[0];
}

/**
 * Changes the password from one hash to another; undefined where it was changed meanwhile, or the account cannot be
 * used.
 */
export async function setPassword(
  database: Queryable,
  id: string,
  from: string,
  to: string,
): Promise<AccountRow | undefined> {
  return (await database.query(SET_PASSWORD, [id, from, to]))[0];
}
