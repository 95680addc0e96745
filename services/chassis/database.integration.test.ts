import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { openDatabase, statement } from "./database.ts";
import { isDatabaseAway, isNotProvisioned } from "./database-errors.ts";
import { waitForDatabase } from "./database-wait.ts";
import { idempotent } from "./idempotency.ts";
import { createMetrics } from "./metrics.ts";
import { migrate, migrationsBeside, readMigrations, requireMigrated } from "./migrations.ts";
import { CHASSIS_MIGRATIONS } from "./schema.ts";
import { interruptible } from "./test/interruptible.ts";
import { createTestDatabase, silentLog, type TestDatabase } from "./test/running.ts";

const directory = mkdtempSync(join(tmpdir(), "migrations-"));
const migrations = join(directory, "migrations");
let own: TestDatabase;

beforeAll(async () => {
  mkdirSync(migrations);
  writeFileSync(
    join(migrations, "0001_accounts.sql"),
    "CREATE TABLE accounts (id int PRIMARY KEY, money bigint);",
  );
  writeFileSync(join(migrations, "0002_rich.sql"), "INSERT INTO accounts VALUES (1, 100), (2, 100);");
  own = await createTestDatabase();
});
afterAll(async () => {
  await own?.drop();
  rmSync(directory, { recursive: true });
});

const MONEY = statement<{ money: number }>("test-money", "SELECT money FROM accounts ORDER BY id");
const ADD = statement("test-add", "UPDATE accounts SET money = money + $2 WHERE id = $1");

describe("migrations", () => {
  test("that are missing are named with the command that applies them", async () => {
    const checking = requireMigrated(own.database, readMigrations(migrations));
    await expect(checking).rejects.toThrow(
      /lacks chassis\/0001.*, 0001_accounts, 0002_rich; run .* "migrate"/,
    );
  });

  test("run by ten processes at once are applied once", async () => {
    const runs = Array.from({ length: 10 }, () => migrate(own.database, readMigrations(migrations)));
    const applied = (await Promise.all(runs)).filter((names) => names.length > 0);
    expect(applied).toEqual([[...CHASSIS_MIGRATIONS.map(({ name }) => name), "0001_accounts", "0002_rich"]]);
    expect(await own.database.query(MONEY)).toEqual([{ money: 100 }, { money: 100 }]);
    await requireMigrated(own.database, readMigrations(migrations));
  });

  test("that fail leave nothing behind, and an edited one is refused", async () => {
    const steps = readMigrations(migrations);
    const broken = [...steps, { name: "0003_broken", sql: "CREATE TABLE half (id int); SELECT 1 / 0;" }];
    await expect(migrate(own.database, broken)).rejects.toThrow(/division by zero/);
    await expect(own.database.script("SELECT * FROM half")).rejects.toThrow(/does not exist/);
    const edited = steps.map((step) => (step.name === "0002_rich" ? { ...step, sql: "SELECT 1" } : step));
    await expect(migrate(own.database, edited)).rejects.toThrow(/0002_rich was changed after it was applied/);
  });

  test("are found beside the program and above it, and must have proper names", () => {
    expect(migrationsBeside(directory)).toBe(migrations);
    mkdirSync(join(directory, "src"));
    expect(migrationsBeside(join(directory, "src"))).toBe(join(directory, "src", "..", "migrations"));
    expect(() => migrationsBeside("/no/where")).toThrow(/copy it into the image/);
    const wrong = join(directory, "wrong");
    mkdirSync(wrong);
    writeFileSync(join(wrong, "first.sql"), "");
    expect(() => readMigrations(wrong)).toThrow(/name it like 0001_orders.sql/);
  });
});

describe("a transaction", () => {
  beforeEach(() => own.database.script("UPDATE accounts SET money = 100"));

  test("is undone when it throws", async () => {
    const failing = own.database.transaction(async (transaction) => {
      await transaction.query(ADD, [1, -50]);
      throw new Error("changed my mind");
    });
    await expect(failing).rejects.toThrow("changed my mind");
    expect(await own.database.query(MONEY)).toEqual([{ money: 100 }, { money: 100 }]);
  });

  test("that meets another in a deadlock is run again, and both are done", async () => {
    const bothHaveOne = Promise.withResolvers<void>();
    let waiting = 2;
    let runs = 0;
    const transfer = (from: number, to: number) =>
      own.database.transaction(async (transaction) => {
        runs += 1;
        await transaction.query(ADD, [from, -10]);
        if (--waiting === 0) bothHaveOne.resolve();
        await bothHaveOne.promise;
        await transaction.query(ADD, [to, 10]);
      });
    await Promise.all([transfer(1, 2), transfer(2, 1)]);
    expect(runs).toBe(3);
    expect(await own.database.query(MONEY)).toEqual([{ money: 100 }, { money: 100 }]);
  });

  test("whose connection breaks says that the database is away, and the next one works", async () => {
    const way = await interruptible(own.url);
    const options = { url: way.url, applicationName: "test", connections: 2 };
    const database = openDatabase(options, silentLog, createMetrics());
    const cut = database.transaction(async (transaction) => {
      await transaction.query(ADD, [1, -50]);
      await way.cut();
      await transaction.query(ADD, [2, 50]);
    });
    await expect(cut).rejects.toSatisfy(isDatabaseAway);
    await expect(database.query(MONEY)).rejects.toSatisfy(isDatabaseAway);
    await way.restore();
    expect(await database.query(MONEY)).toEqual([{ money: 100 }, { money: 100 }]);
    await database.close();
    await way.cut();
  });

  test("that waits for a server that hangs is given up, and its connection is not used again", async () => {
    const way = await interruptible(own.url);
    const options = { url: way.url, applicationName: "test", connections: 1, statementTimeout: 200 };
    const database = openDatabase(options, silentLog, createMetrics());
    await database.query(MONEY);
    way.freeze();
    const stuck = database.transaction(async (transaction) => transaction.query(ADD, [1, -50]));
    await expect(stuck).rejects.toSatisfy(isDatabaseAway);
    await way.restore();
    expect(await database.query(MONEY)).toEqual([{ money: 100 }, { money: 100 }]);
    await database.close();
    await way.cut();
  });

  test("keeps eight-byte numbers exact or refuses them", async () => {
    const big = statement<{ n: number }>("test-big", "SELECT $1::bigint AS n");
    expect(await own.database.query(big, [String(Number.MAX_SAFE_INTEGER)])).toEqual([
      { n: Number.MAX_SAFE_INTEGER },
    ]);
    await expect(own.database.query(big, ["9007199254740992"])).rejects.toThrow(/too large/);
  });
});

test("a database and a role that are made later are waited for", async () => {
  const url = new URL(own.url);
  url.pathname = `${url.pathname}_later`;
  const options = { url: url.href, applicationName: "test", connections: 1 };
  const database = openDatabase(options, silentLog, createMetrics());
  const one = statement<{ one: number }>("test-one", "SELECT 1 AS one");
  const waiting = waitForDatabase(() => database.query(one), silentLog);
  await expect(database.query(one)).rejects.toSatisfy(isNotProvisioned);
  await own.database.script(`CREATE DATABASE "${url.pathname.slice(1)}"`);
  expect(await waiting).toEqual([{ one: 1 }]);
  await database.close();
  await own.database.script(`DROP DATABASE "${url.pathname.slice(1)}" WITH (FORCE)`);
});

describe("a request with an idempotency key", () => {
  const deposit = (key: string, amount: number) =>
    idempotent(own.database, { scope: "deposit", key, request: { amount } }, async (transaction) => {
      await transaction.query(ADD, [1, amount]);
      const [row] = await transaction.query(MONEY);
      return { status: 201, body: JSON.stringify(row) };
    });
  beforeEach(() => own.database.script("UPDATE accounts SET money = 100"));

  test("sent twenty times at once has one effect, and every answer is the same", async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => deposit("key-1", 5)));
    expect(new Set(answers.map(({ body }) => body))).toEqual(new Set(['{"money":105}']));
    expect((await own.database.query(MONEY))[0]).toEqual({ money: 105 });
  });

  test("is refused when the key was used with another body", async () => {
    await deposit("key-2", 5);
    await expect(deposit("key-2", 6)).rejects.toMatchObject({ status: 422, slug: "idempotency-key-reused" });
    expect((await own.database.query(MONEY))[0]).toEqual({ money: 105 });
  });

  test("that failed may be sent again", async () => {
    const key = { scope: "deposit", key: "key-3", request: {} };
    const failing = idempotent(own.database, key, async () => {
      throw new Error("no luck");
    });
    await expect(failing).rejects.toThrow("no luck");
    const again = await idempotent(own.database, key, async () => ({ status: 200, body: "{}" }));
    expect(again).toEqual({ status: 200, body: "{}" });
  });
});
