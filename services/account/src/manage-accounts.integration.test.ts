import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Account, Session } from "../../contracts/account-api.ts";
import type { Role } from "../../contracts/identity.ts";
import { ADMIN_PASSWORD, problemOf, TestAccounts } from "../test/accounts.ts";

const PASSWORD = "a long walk at night";
let accounts: TestAccounts;
let admin: Awaited<ReturnType<TestAccounts["admin"]>>;

beforeAll(async () => {
  accounts = await TestAccounts.start();
  admin = await accounts.admin();
});
afterAll(() => accounts?.stop());

const person = async (email: string) => {
  await accounts.register(email, PASSWORD);
  return accounts.session(email, PASSWORD);
};
const deleteMe = (caller: { id: string; roles: readonly Role[] }, password: string) =>
  accounts.send("POST", "/accounts/me/deletion", { caller, body: { password } });
const giveRoles = (id: string, roles: readonly Role[], by = admin.caller) =>
  accounts.send("PUT", `/accounts/${id}/roles`, { caller: by, body: { roles } });

test("one sees and renames oneself", async () => {
  const { caller, account } = await person("self@example.org");
  expect(JSON.parse((await accounts.send("GET", "/accounts/me", { caller })).text)).toEqual(account);
  const renamed = await accounts.send("PATCH", "/accounts/me", { caller, body: { name: "Another" } });
  expect(JSON.parse(renamed.text)).toEqual({ ...account, name: "Another" });
  expect((await accounts.send("GET", "/accounts/me")).status).toBe(401);
  expect((await accounts.send("PATCH", "/accounts/me", { caller, body: { roles: ["admin"] } })).status).toBe(
    400,
  );
});

test("staff finds accounts by id and address; nobody else does, not even their own that way", async () => {
  const { caller, account } = await person("found@example.org");
  const support = { id: randomUUID(), roles: ["customer", "support"] as const };
  const byId = await accounts.send("GET", `/accounts/${account.id}`, { caller: support });
  expect(JSON.parse(byId.text)).toEqual(account);
  const byEmail = await accounts.send("GET", "/accounts?email=Found@example.org", { caller: support });
  expect(JSON.parse(byEmail.text)).toEqual({ items: [account] });
  const none = await accounts.send("GET", "/accounts?email=none@example.org", { caller: support });
  expect(JSON.parse(none.text)).toEqual({ items: [] });
  expect((await accounts.send("GET", `/accounts/${randomUUID()}`, { caller: support })).status).toBe(404);
  for (const path of [`/accounts/${account.id}`, "/accounts?email=found@example.org"]) {
    expect((await accounts.send("GET", path, { caller })).status).toBe(403);
    expect((await accounts.send("GET", path)).status).toBe(401);
  }
});

describe("roles", () => {
  test("are given by an admin, and in tokens from the next refresh on", async () => {
    const { refresh, account } = await person("promoted@example.org");
    const given = await giveRoles(account.id, ["merchant"]);
    expect((JSON.parse(given.text) as Account).roles).toEqual(["customer", "merchant"]);
    const refreshed: Session = JSON.parse((await accounts.refresh(refresh)).text);
    expect(refreshed.account.roles).toEqual(["customer", "merchant"]);
  });

  test("are given by nobody else, nor by an admin who is none any more", async () => {
    const { account, caller } = await person("humble@example.org");
    const support = { id: randomUUID(), roles: ["support"] as const };
    expect((await giveRoles(caller.id, ["admin"], caller)).status).toBe(403);
    expect((await giveRoles(account.id, ["admin"], { ...support, roles: ["support"] })).status).toBe(403);
    const former = { id: account.id, roles: ["customer", "admin"] satisfies Role[] };
    expect((await giveRoles(account.id, ["admin"], former)).status).toBe(403);
    expect((await accounts.send("PUT", `/accounts/${admin.caller.id}/lock`, { caller: former })).status).toBe(
      403,
    );
  });

  test("of the last admin cannot be taken, nor can they be locked or deleted", async () => {
    const { id } = admin.caller;
    const refused = { status: 409, type: "urn:tradestack:problem:last-admin" };
    expect(problemOf(await giveRoles(id, ["customer"]))).toMatchObject(refused);
    const lock = await accounts.send("PUT", `/accounts/${id}/lock`, { caller: admin.caller });
    expect(problemOf(lock)).toMatchObject(refused);
    const deleted = await deleteMe(admin.caller, ADMIN_PASSWORD);
    expect(problemOf(deleted)).toMatchObject(refused);
  });

  test("of two admins who demote each other at the same moment are kept by one", async () => {
    const second = await person("second-admin@example.org");
    for (let round = 0; round < 10; round++) {
      await giveRoles(second.account.id, ["admin"]);
      const callers = [admin.caller, { ...second.caller, roles: ["customer", "admin"] satisfies Role[] }];
      const [first, other] = callers;
      if (first === undefined || other === undefined) throw new Error("there are two");
      const answers = await Promise.all([
        giveRoles(other.id, ["customer"], first),
        giveRoles(first.id, ["customer"], other),
      ]);
      const statuses = answers.map(({ status }) => status);
      expect(statuses.filter((status) => status === 200)).toHaveLength(1);
      if (statuses[1] === 200) await giveRoles(first.id, ["admin"], other);
    }
    await giveRoles(second.account.id, ["customer"]);
  });
});

test("a locked account's sessions end, and it cannot be used until it is unlocked", async () => {
  const email = "bad@example.org";
  const { refresh, account } = await person(email);
  const lock = (method: "PUT" | "DELETE", id = account.id) =>
    accounts.send(method, `/accounts/${id}/lock`, { caller: admin.caller });
  expect((await lock("PUT")).status).toBe(204);
  expect((await lock("PUT")).status).toBe(204);
  expect((await accounts.refresh(refresh)).status).toBe(401);
  expect((await accounts.login(email, PASSWORD)).status).toBe(401);
  const shown = await accounts.send("GET", `/accounts/${account.id}`, { caller: admin.caller });
  expect((JSON.parse(shown.text) as Account).lockedAt).toEqual(expect.any(String));
  expect((await lock("DELETE")).status).toBe(204);
  expect((await accounts.login(email, PASSWORD)).status).toBe(201);
  expect((await accounts.refresh(refresh)).status).toBe(401);
  expect((await lock("PUT", randomUUID())).status).toBe(404);
  expect((await lock("DELETE", randomUUID())).status).toBe(404);
});

describe("one's data", () => {
  test("can be had", async () => {
    const { caller, account } = await person("export@example.org");
    const exported = await accounts.send("GET", "/accounts/me/export", { caller });
    expect(JSON.parse(exported.text)).toMatchObject({
      account,
      sessions: [{ id: expect.any(String) }],
      mails: [{ kind: "verify-email", sentAt: expect.any(String) }],
    });
    expect(exported.text).not.toContain("argon2");
  });

  test("is not deleted by who only found a browser that is logged in", async () => {
    const { caller, account } = await person("left-open@example.org");
    for (const body of [undefined, {}, { password: "" }]) {
      const answer = await accounts.send("POST", "/accounts/me/deletion", { caller, body });
      expect(answer.status).toBe(400);
    }
    expect((await deleteMe({ id: randomUUID(), roles: ["customer"] }, PASSWORD)).status).toBe(404);
    for (let guess = 0; guess < 10; guess++) {
      expect(problemOf(await deleteMe(caller, `a guess, the ${guess}th`))).toMatchObject({
        status: 403,
        type: "urn:tradestack:problem:bad-credentials",
      });
    }
    await deleteMe(caller, "one guess too many");
    expect((await deleteMe(caller, PASSWORD)).status).toBe(429);
    const left = await accounts.send("GET", "/accounts/me", { caller });
    expect(JSON.parse(left.text)).toEqual(account);
  });

  test("is gone once the account is deleted, and the address is free again", async () => {
    const email = "gone@example.org";
    const { caller, refresh } = await person(email);
    await accounts.send("POST", "/password-resets", { body: { email } });
    await accounts.post.next(email, 1);
    expect((await deleteMe(caller, PASSWORD)).status).toBe(204);
    expect((await deleteMe(caller, PASSWORD)).status).toBe(404);
    expect((await accounts.send("GET", "/accounts/me", { caller })).status).toBe(404);
    expect((await accounts.refresh(refresh)).status).toBe(401);
    expect((await accounts.login(email, PASSWORD)).status).toBe(401);

    expect(await everywhere(email)).toEqual([]);
    await accounts.database.database.script(`
      DO $$ BEGIN
        UPDATE accounts SET name = 'back' WHERE id = '${caller.id}';
        RAISE 'it came back';
      EXCEPTION WHEN check_violation THEN NULL; END $$`);
    const again = await person(email);
    expect(again.account.id).not.toBe(caller.id);
  });

  /** Tables that have a text anywhere. */
  async function everywhere(text: string): Promise<string[]> {
    const { database } = accounts.database;
    const tables = await database.query<{ name: string }>({
      name: "tables",
      text: "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public'",
    });
    const found: string[] = [];
    for (const { name } of tables) {
      const rows = await database.query<{ found: boolean }>(
        {
          name: `search-${name}`,
          text: `SELECT true AS found FROM ${name} AS t WHERE t::text LIKE '%' || $1 || '%'`,
        },
        [text],
      );
      if (rows.length > 0) found.push(name);
    }
    return found;
  }
});

test("accounts are never removed", async () => {
  await expect(accounts.database.database.script("DELETE FROM accounts")).rejects.toMatchObject({
    constraint: "accounts_stay",
  });
});
