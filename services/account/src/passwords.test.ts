import { expect, test } from "vitest";
import { HashQueue } from "./hash-queue.ts";
import { HASH_COST, PasswordHashError, Passwords } from "./passwords.ts";

const queue = new HashQueue({ concurrency: 2, waiting: 10 });
const passwords = new Passwords(queue);

test("a hash is of one password, salted, and carries its parameters", async () => {
  const [hash, again] = [await passwords.hash("a long walk"), await passwords.hash("a long walk")];
  expect(hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
  expect(again).not.toBe(hash);
  expect(await passwords.verify("a long walk", hash)).toBe(true);
  expect(await passwords.verify("a long talk", hash)).toBe(false);
});

test("a hash that the reference implementation of argon2id has in its tests verifies", async () => {
  const hash = "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4";
  expect(await passwords.verify("password", hash)).toBe(true);
  expect(await passwords.verify("Password", hash)).toBe(false);
});

test("the same characters composed otherwise are the same password", async () => {
  const hash = await passwords.hash("caf\u00e9 at the corner");
  expect(await passwords.verify("cafe\u0301 at the corner", hash)).toBe(true);
});

test("nobody has a password", async () => {
  expect(await passwords.verify("nobody has this password", undefined)).toBe(false);
});

test("hashes of other parameters verify, and are outdated", async () => {
  const former = new Passwords(queue, { memory: 8192, passes: 1, parallelism: 1 });
  const hash = await former.hash("a long walk");
  expect(await passwords.verify("a long walk", hash)).toBe(true);
  expect(passwords.isOutdated(hash)).toBe(true);
  expect(passwords.isOutdated(await passwords.hash("a long walk"))).toBe(false);
  expect(HASH_COST.memory).toBeGreaterThanOrEqual(19_456);
});

test.each(["", "$2b$10$abcdefghijklmnopqrstuv", "$argon2id$v=19$m=0,t=2,p=1$short$short"])(
  "%j is no hash, and not a wrong password",
  async (hash) => {
    await expect(passwords.verify("a long walk", hash)).rejects.toThrow(PasswordHashError);
  },
);
