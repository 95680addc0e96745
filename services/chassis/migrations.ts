import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Database, type Queryable, statement } from "./database.ts";
import { sqlState } from "./database-errors.ts";
import { CHASSIS_MIGRATIONS } from "./schema.ts";

/** One step of a database's schema. */
export interface Migration {
  /** Such as `0001_orders`; steps run in the order of their names, those of the chassis first. */
  readonly name: string;
  readonly sql: string;
}

/** Migrations that do not fit what is in the database. The message says which and what to do. */
export class MigrationError extends Error {
  override readonly name = "MigrationError";
}

const FILE_NAME = /^\d{4}_[a-z0-9_]+\.sql$/;
/** Any number will do, as long as every replica takes the same. */
const LOCK_ID = 7_261_004;
const UNDEFINED_TABLE = "42P01";

/**
 * Finds a service's migrations folder: beside the bundled program in an image, one level up in a checkout.
 *
 * @param directory Folder of the running module: `import.meta.dirname`.
 * @throws {MigrationError} when neither is there.
 */
export function migrationsBeside(directory: string): string {
  const candidates = [join(directory, "migrations"), join(directory, "..", "migrations")];
  const found = candidates.find((candidate) => existsSync(candidate));
  if (found === undefined) {
    throw new MigrationError(`no migrations folder at ${candidates.join(" or ")}; copy it into the image`);
  }
  return found;
}

/**
 * Reads the migrations of a service, those of the chassis first.
 *
 * @throws {MigrationError} naming a file that is not called `NNNN_name.sql`.
 */
export function readMigrations(folder: string): Migration[] {
  const own = readdirSync(folder)
    .sort()
    .map((file) => {
      if (!FILE_NAME.test(file)) {
        throw new MigrationError(`${join(folder, file)} is not a migration; name it like 0001_orders.sql`);
      }
      return { name: file.slice(0, -".sql".length), sql: readFileSync(join(folder, file), "utf8") };
    });
  return [...CHASSIS_MIGRATIONS, ...own];
}

const TAKE_LOCK = statement("lock-migrations", `SELECT pg_advisory_xact_lock(${LOCK_ID})`);
const CREATE_TABLE = statement(
  "create-migrations",
  `CREATE TABLE IF NOT EXISTS schema_migrations (
     name text PRIMARY KEY, checksum text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())`,
);
const LIST = statement<{ name: string; checksum: string }>(
  "list-migrations",
  "SELECT name, checksum FROM schema_migrations",
);
const RECORD = statement(
  "record-migration",
  "INSERT INTO schema_migrations (name, checksum) VALUES ($1, $2)",
);

/**
 * Brings a database to the newest schema, in one transaction. Replicas that start together take turns; the later
 * ones find nothing left to do.
 *
 * @returns Names of the steps that were applied now.
 * @throws {MigrationError} when an applied step was edited since.
 */
export function migrate(database: Database, migrations: readonly Migration[]): Promise<string[]> {
  return database.transaction(async (transaction) => {
    await transaction.query(TAKE_LOCK);
    await transaction.query(CREATE_TABLE);
    const pending = await findPending(transaction, migrations);
    for (const migration of pending) {
      await transaction.script(migration.sql);
      await transaction.query(RECORD, [migration.name, checksum(migration)]);
    }
    return pending.map(({ name }) => name);
  });
}

/**
 * Makes sure that the database has every step that this version of the service needs.
 *
 * @throws {MigrationError} naming the missing steps and the command that applies them.
 */
export async function requireMigrated(database: Queryable, migrations: readonly Migration[]): Promise<void> {
  const missing = await findPending(database, migrations).catch((error: unknown) => {
    if (sqlState(error) === UNDEFINED_TABLE) return migrations;
    throw error;
  });
  if (missing.length > 0) {
    const names = missing.map(({ name }) => name).join(", ");
    throw new MigrationError(`the database lacks ${names}; run this program once with "migrate"`);
  }
}

async function findPending(database: Queryable, migrations: readonly Migration[]): Promise<Migration[]> {
  const rows = await database.query(LIST);
  const applied = new Map(rows.map(({ name, checksum }) => [name, checksum]));
  return migrations.filter((migration) => {
    const found = applied.get(migration.name);
    if (found !== undefined && found !== checksum(migration)) {
      throw new MigrationError(
        `migration ${migration.name} was changed after it was applied; restore it and add a further one`,
      );
    }
    return found === undefined;
  });
}

const checksum = ({ sql }: Migration): string => createHash("sha256").update(sql).digest("hex");
