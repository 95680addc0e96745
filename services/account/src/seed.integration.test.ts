import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { SettingsError, statement } from "../../chassis/index.ts";
import { createTestDatabase, type TestDatabase } from "../../chassis/test/running.ts";
import { ADMIN_PASSWORD } from "../test/accounts.ts";
import { addAccount, findByEmail } from "./accounts.ts";
import { HashQueue } from "./hash-queue.ts";
import { Passwords } from "./passwords.ts";
import { SeedError, seed } from "./seed.ts";

const passwords = new Passwords(new HashQueue({ concurrency: 1, waiting: 1 }));
let database: TestDatabase;

beforeEach(async () => {
  database = await createTestDatabase(join(import.meta.dirname, "../migrations"));
});
afterEach(() => database?.drop());

const everybody = () =>
  database.database.query(
    statement<{ email: string; roles: string[] }>(
      "everybody",
      "SELECT email, roles FROM accounts ORDER BY email",
    ),
  );

test("there is an admin from the start, and no more than one however often it runs", async () => {
  const environment = { ADMIN_EMAIL: "Boss@Example.com", ADMIN_PASSWORD };
  await Promise.all([seed(database.database, environment), seed(database.database, environment)]);
  await seed(database.database, { ADMIN_EMAIL: "other@example.com", ADMIN_PASSWORD });
  expect(await everybody()).toEqual([{ email: "boss@example.com", roles: ["customer", "admin"] }]);
  const admin = await findByEmail(database.database, "boss@example.com");
  expect(await passwords.verify(ADMIN_PASSWORD, admin?.password_hash)).toBe(true);
});

test("the demo has its people, and leaves them as they are", async () => {
  const environment = { ADMIN_PASSWORD, SEED_DEMO: "true" };
  await seed(database.database, environment);
  await database.database.script("UPDATE accounts SET name = 'Renamed' WHERE email = 'shopper@example.com'");
  await seed(database.database, environment);
  expect(await everybody()).toEqual([
    { email: "admin@example.com", roles: ["customer", "admin"] },
    { email: "merchant@example.com", roles: ["customer", "merchant"] },
    { email: "shopper@example.com", roles: ["customer"] },
    { email: "support@example.com", roles: ["customer", "support"] },
  ]);
  expect((await findByEmail(database.database, "shopper@example.com"))?.name).toBe("Renamed");
});

test("nobody becomes admin by having registered the admin's address", async () => {
  const passwordHash = await passwords.hash("a stranger's password");
  await addAccount(database.database, { email: "admin@example.com", name: "Stranger", passwordHash });
  await expect(seed(database.database, { ADMIN_PASSWORD })).rejects.toThrow(SeedError);
  expect(await everybody()).toEqual([{ email: "admin@example.com", roles: ["customer"] }]);
});

test("without a password there is no admin", async () => {
  await expect(seed(database.database, {})).rejects.toThrow(SettingsError);
});
