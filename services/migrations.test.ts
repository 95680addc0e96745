import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readMigrations } from "./chassis/migrations.ts";
import { services } from "./index.ts";

/**
 * What takes something away that the version before may need: its pods run on the newer schema while an update rolls,
 * and after it was rolled back. Expand first; contract in a later release, and say so beside it.
 */
const CONTRACTIONS: Readonly<Record<string, RegExp>> = {
  "drops a table": /\bDROP\s+TABLE\b/i,
  "drops a column": /\bDROP\s+COLUMN\b/i,
  "renames something": /\bRENAME\s+(?:COLUMN|TO)\b/i,
  "changes a column's type": /\bALTER\s+COLUMN\s+\w+\s+(?:SET\s+DATA\s+)?TYPE\b/i,
  "wants a value that the version before does not write": /\bSET\s+NOT\s+NULL\b|\bDROP\s+DEFAULT\b/i,
  "adds a column that the version before does not fill":
    /\bADD\s+COLUMN\s+(?:IF\s+NOT\s+EXISTS\s+)?\w+(?![^,;]*\bDEFAULT\b)[^,;]*\bNOT\s+NULL\b/i,
};
/** Says in a migration that no version that may still run needs what it takes away. */
const MEANT = /^-- Contracts: \S/m;
/** Older than the first release: there is no version before it. */
const UNRELEASED: readonly string[] = ["chassis/0002_inbox_keeps_order"];

const contractionsIn = (sql: string): string[] => {
  if (MEANT.test(sql)) return [];
  const code = sql.replaceAll(/--.*$/gm, "");
  return Object.entries(CONTRACTIONS).flatMap(([what, pattern]) => (pattern.test(code) ? [what] : []));
};

const migrations = services.flatMap(({ name }) => {
  const folder = join(import.meta.dirname, name, "migrations");
  if (!existsSync(folder)) return [];
  // Those of the chassis are the same in each database.
  return readMigrations(folder).map(
    ({ name: own, sql }) => [own.includes("/") ? own : `${name}/${own}`, sql] as const,
  );
});
const byName = new Map(migrations);

test.each([...byName].filter(([name]) => !UNRELEASED.includes(name)))(
  "the version before can live with %s",
  (_name, sql) => expect(contractionsIn(sql)).toEqual([]),
);

test.each([
  ["ALTER TABLE orders DROP COLUMN note", "drops a column"],
  ["DROP TABLE orders", "drops a table"],
  ["ALTER TABLE orders RENAME COLUMN a TO b", "renames something"],
  ["ALTER TABLE orders ALTER COLUMN a TYPE bigint", "changes a column's type"],
  ["ALTER TABLE orders ALTER COLUMN a SET NOT NULL", "wants a value that the version before does not write"],
  ["ALTER TABLE orders ADD COLUMN a text NOT NULL", "adds a column that the version before does not fill"],
])("%s is noticed, unless it is meant", (sql, what) => {
  expect(contractionsIn(sql)).toEqual([what]);
  expect(contractionsIn(`-- Contracts: nothing has read it since 1.2.\n${sql}`)).toEqual([]);
});

test("what only expands is taken", () => {
  expect(contractionsIn("ALTER TABLE orders ADD COLUMN a text, ADD COLUMN b int NOT NULL DEFAULT 0")).toEqual(
    [],
  );
});
