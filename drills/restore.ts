import { execFile } from "node:child_process";
import { join } from "node:path";
import { services } from "../services/index.ts";
import { takeAway } from "./platform/faults.ts";
import { type Platform, untilWell } from "./platform/platform.ts";
import { orderOf } from "./platform/shop.ts";
import { type Drill, NotApplicableError, type Stage } from "./runner/drill.ts";
import type { Debt } from "./runner/repairs.ts";

const COMMAND = join(import.meta.dirname, "../deploy/restore-command.ts");
/** Seconds that pods may take to be gone, and the platform to be well. */
const PATIENCE = 300;
/** Most tables that a report tells one by one. */
const TOLD = 10;

/** Every database is saved, lost and brought back. */
export const restore: Drill = {
  name: "restore",
  summary:
    "A backup made, every table of every database lost, and all of it brought back: row for row the same.",
  async hold({ platform, findings, repairs, signal, say }: Stage) {
    const { cluster, namespace, shop } = platform;
    if (!(await runs(platform, "--list")).ok)
      throw new NotApplicableError("this stack makes no backups; set tradestack:backups and bring it up");
    const databases = services.filter(({ database }) => database !== undefined).map(({ name }) => name);
    // Nobody may write between the backup and the count that it is held to.
    const away: Debt[] = [];
    for (const name of databases) away.push(await takeAway(platform, repairs, name));
    await untilGone(platform, databases, signal);

    const before = await fingerprints(platform, databases);
    const saved = await timed(() => must(platform, "--make"));
    findings.figure("the backup was made in", saved, "s");
    say(`saved ${before.size} tables in ${saved.toFixed(0)} s`);
    repairs.owe("the tables are where they were", async () => {
      for (const name of databases) await cluster.sql(namespace, name, FIND);
    });
    for (const name of databases) await cluster.sql(namespace, name, LOSE);
    findings.atMost("tables left after the loss", (await fingerprints(platform, databases)).size, 0);

    const restored = await timed(() => must(platform, "--backup", "latest", "--yes"));
    findings.figure("all databases were brought back in", restored, "s");
    const after = await fingerprints(platform, databases);
    const differing = [...new Set([...before.keys(), ...after.keys()])].filter(
      (table) => before.get(table) !== after.get(table),
    );
    for (const table of differing.slice(0, TOLD))
      findings.note(`${table}: ${before.get(table) ?? "not there"}, now ${after.get(table) ?? "not there"}`);
    findings.atLeast("tables saved", before.size, 1);
    findings.exactly("tables that differ from what was saved", differing.length, 0);

    const started = await timed(async () => {
      for (const debt of away) await debt.settle();
      await untilWell(platform, PATIENCE, signal);
    });
    findings.figure("all services serve again after", started, "s");
    const [sku = ""] = await shop.skusInStock(1, 1);
    const { status } = await shop.orderUntilAnswered(orderOf(sku));
    findings.exactly("answer to an order afterwards", status, 201);
    await must(platform, "--discard", "--yes");
  },
};

/** Loses what services see, in a way that can be undone if there is nothing to restore. */
const LOSE = "ALTER SCHEMA public RENAME TO lost";
const FIND = `DO $$ BEGIN
  IF EXISTS (SELECT FROM pg_namespace WHERE nspname = 'lost') THEN
    DROP SCHEMA IF EXISTS public;
    ALTER SCHEMA lost RENAME TO public;
  END IF;
END $$`;

/** What every table of the schema \`public\` holds, by a checksum of its rows in an order of their own. */
const FINGERPRINTS = `SELECT coalesce(json_object_agg(name, found), '{}') FROM (
  SELECT tablename AS name, (xpath('//found/text()', query_to_xml(format(
    'SELECT count(*) || '' rows, '' || coalesce(md5(string_agg(row::text, chr(10) ORDER BY row::text)), ''none'') AS found FROM public.%I AS row',
    tablename), false, true, '')))[1]::text AS found
  FROM pg_tables WHERE schemaname = 'public') AS tables`;

async function fingerprints(
  { cluster, namespace }: Platform,
  databases: readonly string[],
): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const database of databases) {
    const tables: Record<string, string> = JSON.parse(await cluster.sql(namespace, database, FINGERPRINTS));
    for (const [table, rows] of Object.entries(tables)) found.set(`${database}.${table}`, rows);
  }
  return found;
}

/** Runs `npm run restore` with these options. */
function runs(
  { stack, target }: Platform,
  ...options: readonly string[]
): Promise<{ ok: boolean; said: string }> {
  const words = [COMMAND, "--stack", stack, ...options];
  const env = {
    ...process.env,
    ...(target.kubeconfig === undefined ? {} : { KUBECONFIG: target.kubeconfig }),
  };
  return new Promise((resolve) => {
    execFile(process.execPath, words, { env, maxBuffer: 1 << 26 }, (error, stdout, stderr) =>
      resolve({ ok: error === null, said: `${stdout}${stderr}`.trim() }),
    );
  });
}

async function must(platform: Platform, ...options: readonly string[]): Promise<void> {
  const { ok, said } = await runs(platform, ...options);
  if (!ok) throw new Error(`npm run restore -- ${options.join(" ")}: ${said.split("\n").at(-1)}`);
}

async function timed(work: () => Promise<void>): Promise<number> {
  const started = performance.now();
  await work();
  return (performance.now() - started) / 1000;
}

async function untilGone(
  { cluster, namespace }: Platform,
  names: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  const deadline = performance.now() + PATIENCE * 1000;
  for (const name of names) {
    while ((await cluster.podsOf(namespace, name)).length > 0) {
      if (performance.now() > deadline) throw new Error(`${name} still has pods after ${PATIENCE} s`);
      await new Promise((resolve) => setTimeout(resolve, 500));
      signal.throwIfAborted();
    }
  }
}
