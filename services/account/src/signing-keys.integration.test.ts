import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { COMMAND_FAILED, runCommand } from "../../chassis/commands.ts";
import { createAccessTokenVerifier, statement } from "../../chassis/index.ts";
import {
  createTestDatabase,
  emptyTestRedis,
  silentLog,
  type TestDatabase,
} from "../../chassis/test/running.ts";
import { KEY_ENCRYPTION_KEY } from "../test/accounts.ts";
import { issueAccessToken } from "./access-tokens.ts";
import { accountService } from "./account-service.ts";
import { rotateKeysCommand } from "./rotate-keys-command.ts";
import { SecretBox } from "./secret-box.ts";
import { rotationPolicy, SigningKeys } from "./signing-keys.ts";

const DAY = 24 * 3600;
const box = new SecretBox(KEY_ENCRYPTION_KEY);
let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase(join(import.meta.dirname, "../migrations"));
});
afterAll(() => database?.drop());
beforeEach(() => database.database.script("DELETE FROM signing_keys"));

const replica = () => new SigningKeys(database.database, box, rotationPolicy(30));
const kids = (keys: SigningKeys) => keys.keySet().keys.map(({ kid }) => kid);
/** Lets time pass, by making all keys older. */
const pass = async (seconds: number) => {
  await database.database.script("ALTER TABLE signing_keys DISABLE TRIGGER keys_stay");
  await database.database.query(
    statement(
      "age-keys",
      "UPDATE signing_keys SET signs_from = signs_from - make_interval(secs => $1::float8)",
    ),
    [seconds],
  );
  await database.database.script("ALTER TABLE signing_keys ENABLE TRIGGER keys_stay");
};
const claims = {
  sub: "018f0000-0000-7000-8000-000000000001",
  sid: "018f0000-0000-7000-8000-000000000002",
  roles: ["customer" as const],
};

test("replicas that start together make one key, and each signs what the others verify", async () => {
  const replicas = Array.from({ length: 6 }, replica);
  const changes = await Promise.all(replicas.map((keys) => keys.rotate()));
  expect(changes.flatMap(({ made }) => made)).toHaveLength(1);
  const published = replicas[0]?.keySet();
  const verify = createAccessTokenVerifier({ fetchKeys: async () => published });
  for (const keys of replicas) {
    expect(await verify(await issueAccessToken(keys, claims))).toMatchObject({ kind: "verified" });
  }
});

test("a key is followed by one that is published before it signs, and stays until its tokens are over", async () => {
  const [one, other] = [replica(), replica()];
  await one.rotate();
  const [first] = kids(one);
  await pass(30 * DAY - 16 * 60);
  expect((await one.rotate()).made).toEqual([]);

  await pass(120);
  const changes = await Promise.all([one.rotate(), other.rotate(), one.rotate(), other.rotate()]);
  const made = changes.flatMap((change) => change.made);
  expect(made).toHaveLength(1);
  const [second] = made;
  expect(kids(one)).toEqual([first, second]);
  expect(one.current().id).toBe(first);
  const old = await issueAccessToken(one, claims);

  await pass(15 * 60 + 1);
  expect(await one.rotate()).toEqual({ made: [], removed: [], foreign: [] });
  expect(one.current().id).toBe(second);
  const verify = createAccessTokenVerifier({ fetchKeys: async () => one.keySet() });
  expect(await verify(old)).toMatchObject({ kind: "verified" });

  await pass(20 * 60);
  expect((await other.rotate()).removed).toEqual([first]);
  await one.rotate();
  expect(kids(one)).toEqual([second]);
  expect(await createAccessTokenVerifier({ fetchKeys: async () => one.keySet() })(old)).toEqual({
    kind: "invalid",
  });
});

test("a key can be made before it is due", async () => {
  const keys = replica();
  await keys.rotate();
  expect((await keys.rotate(true)).made).toHaveLength(1);
  expect(kids(keys)).toHaveLength(2);
  expect(keys.current().id).toBe(kids(keys)[0]);
});

test("keys that leaked can be replaced at once, and verify nothing any more", async () => {
  const [keys, other] = [replica(), replica()];
  await keys.rotate();
  await other.rotate();
  const old = await issueAccessToken(keys, claims);
  const { made, removed } = await keys.replace();
  expect(kids(keys)).toEqual(made);
  expect(removed).toHaveLength(1);
  await other.load();
  expect(other.current().id).toBe(made[0]);
  const verify = createAccessTokenVerifier({ fetchKeys: async () => other.keySet() });
  expect(await verify(old)).toEqual({ kind: "invalid" });
  expect(await verify(await issueAccessToken(other, claims))).toMatchObject({ kind: "verified" });
});

test("the command makes a key, or replaces them all, and says which", async () => {
  await replica().rotate();
  const lines: string[] = [];
  const environment = {
    DATABASE_URL: database.url,
    REDIS_URL: await emptyTestRedis(),
    KEY_ENCRYPTION_KEY,
  };
  const run = (...args: string[]) =>
    runCommand(accountService, rotateKeysCommand, args, {
      environment,
      log: silentLog,
      print: (line) => lines.push(line),
    });
  expect(await run()).toBe(0);
  expect(await run("--leaked")).toBe(0);
  const keys = replica();
  await keys.load();
  expect(lines.map((line) => line.split(" ")[0])).toEqual(["made", "made", "removed", "removed"]);
  expect(lines[1]).toBe(`made ${kids(keys)}`);
  expect(await run("--nonsense")).toBe(COMMAND_FAILED);
});

describe("private parts", () => {
  test("are never published, and sealed in the database", async () => {
    const keys = replica();
    await keys.rotate();
    expect(Object.keys(keys.keySet().keys[0] ?? {}).sort()).toEqual(["alg", "crv", "kid", "kty", "use", "x"]);
    const [row] = await database.database.query(
      statement<{ id: string; sealed: Buffer }>("sealed", "SELECT id, sealed FROM signing_keys"),
    );
    if (row === undefined) throw new Error("there is a key");
    expect(box.open("signing-key", row.id, row.sealed)).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(() => box.open("signing-key", "another", row.sealed)).toThrow(/cannot be opened/);
  });

  test("that were sealed with another secret are left alone: old and new replicas sign side by side", async () => {
    const old = replica();
    await old.rotate();
    const secret = new SecretBox("x".repeat(43));
    const [one, other] = [0, 1].map(() => new SigningKeys(database.database, secret, rotationPolicy(30)));
    if (one === undefined || other === undefined) throw new Error("there are two");
    const changes = await Promise.all([one.rotate(), other.rotate()]);
    expect(changes.flatMap(({ made }) => made)).toHaveLength(1);
    expect(changes[0].foreign).toEqual([old.current().id]);
    expect((await old.rotate()).made).toEqual([]);
    expect(old.current().id).not.toBe(one.current().id);
    for (const publisher of [old, one, other]) {
      const verify = createAccessTokenVerifier({ fetchKeys: async () => publisher.keySet() });
      for (const signer of [old, one, other]) {
        expect(await verify(await issueAccessToken(signer, claims))).toMatchObject({ kind: "verified" });
      }
    }
  });

  test("never change", async () => {
    await replica().rotate();
    await expect(
      database.database.script("UPDATE signing_keys SET public_x = public_x"),
    ).rejects.toMatchObject({
      constraint: "keys_stay",
    });
  });
});
