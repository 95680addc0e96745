/** The scripts of backups and of provisioning, against a real PostgreSQL server. */

import { appendFileSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { ensurePrograms } from "../../test/support/debian.ts";
import { type Ended, PrivatePostgres } from "../../test/support/postgres.ts";
import { scramSha256 } from "../credentials.ts";
import { PROVISION_SCRIPT } from "../postgres/provision-script.ts";
import { BACKUP_SCRIPT } from "./backup-script.ts";
import { DOWNLOAD_SCRIPT, UPLOAD_SCRIPT } from "./bucket-scripts.ts";
import { BACKUP_ROLE } from "./names.ts";
import { RESTORE_SCRIPT } from "./restore-script.ts";
import { ROLE_SCRIPT } from "./role-script.ts";

/** An administrator as a cloud gives one: no superuser. */
const ADMIN = "master";
const OWNERS = ["order", "after-sale"];
const OLDER = ["20200101T000000Z", "20210101T000000Z", "20220101T000000Z"];

let server: PrivatePostgres;
let backups: string;

const admin = (environment: Record<string, string>) => ({
  PGUSER: ADMIN,
  PGDATABASE: "postgres",
  SECRETS: join(server.folder, "secrets"),
  DATABASES: OWNERS.join(" "),
  ...environment,
});
const provision = (role: string): Ended => {
  server.write("secrets/verifier", scramSha256(`pw-${role}`, role));
  return server.run(PROVISION_SCRIPT, admin({ ROLE: role, CONNECTION_LIMIT: "7" }));
};
const makeRole = (): Ended => {
  server.write("secrets/verifier", scramSha256("pw-backup", BACKUP_ROLE));
  return server.run(ROLE_SCRIPT, admin({ ROLE: BACKUP_ROLE }));
};
const backUp = (environment: Record<string, string> = {}): Ended =>
  server.run(BACKUP_SCRIPT, admin({ PGUSER: BACKUP_ROLE, BACKUPS: backups, KEEP: "7", ...environment }));
const restore = (action: string, environment: Record<string, string> = {}): Ended =>
  server.run(
    RESTORE_SCRIPT,
    admin({ ACTION: action, BACKUPS: backups, BACKUP: "", READER: BACKUP_ROLE, ...environment }),
  );
const ok = (ended: Ended): string => {
  expect(ended, ended.err).toMatchObject({ status: 0 });
  return ended.out;
};
const ids = (): string[] => readdirSync(backups).filter((name) => !name.startsWith("."));
const newest = (): string => ids().sort().at(-1) ?? "";
const asOwner = (owner: string, sql: string) => server.query(owner, sql, owner, `pw-${owner}`);
/** Every row of every table, and where the sequence stands. */
const content = (database: string): string =>
  server.query(
    database,
    `SELECT 'item', md5(string_agg(i::text, '|' ORDER BY id)), count(*) FROM item i UNION ALL
     SELECT 'line', md5(string_agg(l::text, '|' ORDER BY item, note)), count(*) FROM line l UNION ALL
     SELECT 'item_id_seq', last_value::text, 0 FROM item_id_seq`,
  );
const FILL = `
CREATE TABLE item (id bigserial PRIMARY KEY, name text NOT NULL, details jsonb, raw bytea, at timestamptz DEFAULT now());
CREATE TABLE line (item bigint REFERENCES item, note text, amount numeric(12, 2) CHECK (amount > 0));
CREATE INDEX ON item (name);
INSERT INTO item (name, details, raw)
  SELECT 'Größe ' || n, jsonb_build_object('n', n, 'tags', ARRAY['a', NULL]), decode(md5(n::text), 'hex')
  FROM generate_series(1, 2000) n;
INSERT INTO line SELECT id, E'tab\\there ' || id, id / 100.0 FROM item;`;

beforeAll(async () => {
  server = await PrivatePostgres.start();
  server.directory("secrets");
  server.write("secrets/password", "pw-backup");
  server.write("secrets/admin-password", "pw-admin");
  server.query("postgres", `CREATE ROLE ${ADMIN} LOGIN CREATEDB CREATEROLE PASSWORD 'pw-admin'`);
  // The platform's servers let one administrator in everywhere; here it has another name.
  server.write(
    "data/pg_hba.conf",
    `host all ${ADMIN},postgres,${BACKUP_ROLE} all scram-sha-256\nhost sameuser all all scram-sha-256\n`,
  );
  server.query("postgres", "SELECT pg_reload_conf()");
});
afterAll(() => server?.stop());

describe("provisioning by an administrator who is no superuser", () => {
  test("makes a role and its database, and changes nothing the second time", () => {
    for (const owner of [...OWNERS, ...OWNERS]) ok(provision(owner));
    expect(asOwner("order", "SELECT current_user")).toBe("order");
    expect(
      server.query(
        "postgres",
        "SELECT rolconnlimit, rolcreatedb, rolsuper FROM pg_roles WHERE rolname = 'order'",
      ),
    ).toBe("7|f|f");
    expect(() => server.query("after-sale", "SELECT 1", "order", "pw-order")).toThrow(/no pg_hba.conf entry/);
  });
});

describe("backups", () => {
  beforeAll(() => {
    for (const owner of OWNERS) {
      ok(provision(owner));
      asOwner(owner, FILL);
    }
    ok(makeRole());
    ok(makeRole());
  });
  beforeEach(() => {
    backups = server.directory("backups");
    rmSync(backups, { recursive: true });
    server.directory("backups");
  });

  test("the role that makes them reads everything and writes nothing", () => {
    const as = (sql: string) => server.query("order", sql, BACKUP_ROLE, "pw-backup");
    expect(as("SELECT count(*) FROM item")).toBe("2000");
    expect(() => as("DELETE FROM item")).toThrow(/permission denied/);
    expect(() => as("CREATE TABLE public.x ()")).toThrow(/permission denied/);
  });

  test("come back row for row, and what was live until then as well", () => {
    const before = OWNERS.map(content);
    expect(ok(backUp())).toMatch(/^backup \d{8}T\d{6}Z: \d+ bytes of order after-sale\n$/);
    expect(ok(restore("list"))).toBe(`${newest()} after-sale order\n`);

    asOwner(
      "order",
      "DROP TABLE line; DELETE FROM item WHERE id > 10; INSERT INTO item (name) VALUES ('new')",
    );
    asOwner("after-sale", "DELETE FROM line");
    ok(restore("prepare", { BACKUP: newest() }));
    // Nothing has happened to the live databases yet, and preparing can be done again.
    expect(asOwner("order", "SELECT count(*) FROM item")).toBe("11");
    ok(restore("prepare", { BACKUP: newest() }));
    expect(ok(restore("swap"))).toContain("now live: order after-sale");
    expect(OWNERS.map(content)).toEqual(before);
    expect(ok(restore("swap"))).toContain("nothing to exchange");
    expect(OWNERS.map(content)).toEqual(before);

    // The service owns it all as before, goes on with the sequence, and nobody else gets in.
    expect(asOwner("order", "INSERT INTO item (name) VALUES ('after') RETURNING id")).toBe("2001");
    asOwner("order", "ALTER TABLE item ADD COLUMN more text; ALTER TABLE item DROP COLUMN more");
    expect(() => server.query("order__before", "SELECT 1", "order", "pw-order")).toThrow(/no pg_hba/);
    ok(backUp());

    expect(ok(restore("undo"))).toContain("now live: order after-sale");
    expect(asOwner("order", "SELECT count(*) FROM item")).toBe("11");
    expect(ok(restore("undo"))).toContain("nothing to exchange");
    expect(ok(restore("swap"))).toContain("now live");
    ok(restore("discard"));
    expect(server.query("postgres", "SELECT datname FROM pg_database WHERE datname LIKE '%\\_\\_%'")).toBe(
      "",
    );
    expect(asOwner("order", "SELECT count(*) FROM item")).toBe("2001");
  });

  test("sends away who is still connected, and changes all databases or none", () => {
    ok(backUp());
    ok(restore("prepare", { BACKUP: newest() }));
    // A session that stays until somebody ends it; it is there once the lock that it takes is.
    server.run(
      `psql --command="SELECT pg_advisory_lock(7), pg_sleep(3600)" > held 2>&1 &
       until psql --tuples-only --command="SELECT 'held' FROM pg_locks WHERE objid = 7" | grep -q held; do :; done`,
      { PGUSER: "order", PGPASSWORD: "pw-order", PGDATABASE: "order" },
    );
    server.query("postgres", 'ALTER DATABASE "after-sale" RENAME TO "away"');
    const failed = restore("swap", { DATABASES: "order after-sale" });
    expect(failed.status).not.toBe(0);
    expect(failed.err).toMatch(/database "after-sale" does not exist(.|\n)*nothing was changed/);
    expect(server.query("postgres", "SELECT count(*) FROM pg_database WHERE datname = 'order__before'")).toBe(
      "0",
    );
    server.query("postgres", 'ALTER DATABASE "away" RENAME TO "after-sale"');
    ok(restore("swap"));
    ok(restore("discard"));
  });

  test("a backup that is not what was written is refused before anything is touched", () => {
    ok(backUp());
    const id = newest();
    appendFileSync(join(backups, id, "order.dump"), "x");
    const spoilt = restore("prepare", { BACKUP: id });
    expect(spoilt.status).toBe(1);
    expect(spoilt.err).toContain(`backup ${id}: order.dump is not what was written; choose another backup`);
    rmSync(join(backups, id, "order.dump"));
    expect(restore("prepare", { BACKUP: id }).err).toContain("holds no database order; choose others");
    expect(restore("prepare", { BACKUP: "20000101T000000Z" }).err).toContain("there is no backup 2000");
    expect(
      server.query("postgres", "SELECT count(*) FROM pg_database WHERE datname = 'order__restored'"),
    ).toBe("0");
  });

  test("old ones go after a good one only, and what is not whole is none", () => {
    for (const id of OLDER) {
      mkdirSync(join(backups, id));
      writeFileSync(join(backups, id, "SHA256SUMS"), "");
    }
    server.directory("backups/.new-20230101T000000Z");
    const failed = backUp({ DATABASES: "order absent", KEEP: "1" });
    expect(failed.status).not.toBe(0);
    expect(failed.err).toContain('database "absent" does not exist');
    expect(ids()).toEqual(OLDER);
    expect(readdirSync(backups).filter((name) => name.startsWith(".new"))).toEqual([]);
  });

  test("only so many stay", () => {
    for (const id of OLDER) server.directory(`backups/${id}`);
    expect(ok(backUp({ KEEP: "2" }))).toContain("removed 20200101T000000Z: 2 newer ones are kept");
    expect(ids()).toEqual(["20220101T000000Z", newest()]);
  });

  test("two at the same time do not get into each other's way", () => {
    const held = `exec 8> "${backups}/.lock"; flock 8; sh -ec "$SCRIPT"`;
    const second = server.run(
      held,
      admin({ PGUSER: BACKUP_ROLE, BACKUPS: backups, KEEP: "1", SCRIPT: BACKUP_SCRIPT }),
    );
    expect(second).toMatchObject({ status: 1, err: expect.stringContaining("another backup or a restore") });
  });

  test("go to a bucket and come back", async () => {
    await ensurePrograms({ rclone: "/usr/bin/rclone" });
    const bucket = server.directory("bucket");
    for (const id of OLDER) {
      server.directory(`bucket/${id}`);
      server.write(`bucket/${id}/SHA256SUMS`, "0  order.dump\n");
    }
    const remote = { BUCKET: bucket, RCLONE_CONFIG_BUCKET_TYPE: "local", RCLONE_CONFIG: "/dev/null" };
    ok(backUp());
    const id = newest();
    const uploaded = ok(server.run(UPLOAD_SCRIPT, { ...remote, BACKUPS: backups, KEEP: "2" }));
    expect(uploaded).toContain(`backup ${id} is in the bucket`);
    expect(readdirSync(bucket)).toEqual(["20220101T000000Z", id]);

    backups = server.directory("fetched");
    ok(server.run(DOWNLOAD_SCRIPT, { ...remote, BACKUPS: backups, ACTION: "list" }));
    expect(ok(restore("list"))).toBe(`${id} after-sale order\n20220101T000000Z order\n`);
    ok(server.run(DOWNLOAD_SCRIPT, { ...remote, BACKUPS: backups, ACTION: "prepare", BACKUP: id }));
    ok(restore("prepare", { BACKUP: id }));
    ok(restore("discard"));
    expect(existsSync(join(backups, id, "order.dump"))).toBe(true);
  });
});
