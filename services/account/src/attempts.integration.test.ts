import { randomUUID } from "node:crypto";
import { join } from "node:path";
import fc from "fast-check";
import { Redis } from "ioredis";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { interruptible } from "../../chassis/test/interruptible.ts";
import { createTestDatabase, emptyTestRedis, type TestDatabase } from "../../chassis/test/running.ts";
import { cookiesOf, newAddress, problemOf, TestAccounts, tokenOf } from "../test/accounts.ts";
import {
  ACCOUNT_POLICY,
  ADDRESS_POLICY,
  type AttemptPolicy,
  countAttempt,
  NO_ATTEMPTS,
} from "./attempt-policy.ts";
import { DatabaseAttempts } from "./database-attempts.ts";
import { RedisAttempts } from "./redis-attempts.ts";

const PASSWORD = "a long walk at night";

describe("counting", () => {
  let database: TestDatabase;
  let redis: Redis;
  beforeAll(async () => {
    database = await createTestDatabase(join(import.meta.dirname, "../migrations"));
    redis = new Redis(await emptyTestRedis());
  });
  afterAll(async () => {
    redis?.disconnect();
    await database?.drop();
  });
  const stores = () => [new RedisAttempts(redis), new DatabaseAttempts(database.database)] as const;

  // Nothing is forgotten within the test, so the real clock makes no difference but in what is left of a pause.
  const policies = fc.record({
    free: fc.integer({ min: 0, max: 6 }),
    pause: fc.integer({ min: 60_000, max: 600_000 }),
    maxPause: fc.integer({ min: 600_000, max: 3_600_000 }),
    forget: fc.constant(1e15),
  });

  test("allows as many attempts as the policy says, in Redis as in the database", async () => {
    await fc.assert(
      fc.asyncProperty(policies, fc.integer({ min: 1, max: 8 }), async (policy: AttemptPolicy, attempts) => {
        let expected = NO_ATTEMPTS;
        let allowed = 0;
        const now = 1_000_000;
        for (; allowed < attempts && expected.blockedUntil <= now; allowed++) {
          expected = countAttempt(expected, policy, now);
        }
        const pause = expected.blockedUntil - now;
        for (const store of stores()) {
          const unit = { unit: randomUUID(), policy };
          const waits: number[] = [];
          for (let index = 0; index < attempts; index++) waits.push(await store.take([unit]));
          expect(waits.filter((wait) => wait === 0)).toHaveLength(allowed);
          for (const wait of waits.slice(allowed)) {
            expect(wait).toBeLessThanOrEqual(pause);
            expect(wait).toBeGreaterThan(pause - 60_000);
          }
        }
      }),
      { numRuns: 40 },
    );
  });

  test("counts attempts at the same moment one by one, and forgets and refunds them", async () => {
    for (const store of stores()) {
      const unit = { unit: randomUUID(), policy: { ...ACCOUNT_POLICY, pause: 600_000 } };
      const other = { unit: randomUUID(), policy: ADDRESS_POLICY };
      const waits = await Promise.all(Array.from({ length: 40 }, () => store.take([unit, other])));
      // The eleventh is the first that costs a pause.
      expect(waits.filter((wait) => wait === 0)).toHaveLength(11);
      await store.refund([unit]);
      expect(await store.take([unit])).toBe(0);
      expect(await store.take([unit])).toBeGreaterThan(0);
      await store.clear([unit]);
      expect(await store.take([unit])).toBe(0);
    }
  });

  test("counts nothing where one of the units has to wait", async () => {
    for (const store of stores()) {
      const blocked = { unit: randomUUID(), policy: { ...ACCOUNT_POLICY, free: 0, pause: 600_000 } };
      const open = { unit: randomUUID(), policy: { ...ACCOUNT_POLICY, free: 1, pause: 600_000 } };
      expect(await store.take([blocked])).toBe(0);
      for (let count = 0; count < 5; count++) expect(await store.take([blocked, open])).toBeGreaterThan(0);
      expect(await store.take([open])).toBe(0);
    }
  });
});

describe("guessing", () => {
  let accounts: TestAccounts;
  beforeAll(async () => {
    accounts = await TestAccounts.start({}, 2);
  });
  afterAll(() => accounts?.stop());

  /** Guesses from an address of its own each time, as a botnet does; answers the statuses. */
  const guess = async (email: string, times: number, address?: string) => {
    const answers = await Promise.all(
      Array.from({ length: times }, (_, index) =>
        accounts.login(email, `guess number ${index}`, {
          replica: index % 2,
          address: address ?? newAddress(),
        }),
      ),
    );
    return answers.map(({ status }) => status);
  };

  test("at one account from many addresses is slowed down, whether or not there is one", async () => {
    await accounts.register("target@example.org", PASSWORD);
    for (const email of ["target@example.org", "nobody@example.org"]) {
      const statuses = await guess(email, 40);
      // Eleven, or twice as many where Redis was too slow for once and the database began to count.
      expect(statuses.filter((status) => status === 401).length).toBeLessThanOrEqual(22);
      expect(statuses.filter((status) => status === 429).length).toBeGreaterThanOrEqual(18);
    }
  });

  test("tells how long to wait, in the same words for everybody", async () => {
    await guess("wait@example.org", 14);
    await guess("target@example.org", 14);
    const [unknown, known] = [
      await accounts.login("wait@example.org", PASSWORD),
      await accounts.login("target@example.org", PASSWORD),
    ];
    expect(unknown.status).toBe(429);
    expect(Number(unknown.headers["retry-after"])).toBeGreaterThanOrEqual(1);
    expect(problemOf(known)).toEqual(problemOf(unknown));
  });

  test("does not keep the owner out: a device that was there before gets in, and whoever reads their mail", async () => {
    const email = "victim@example.org";
    await accounts.register(email, PASSWORD);
    const { device } = await accounts.session(email, PASSWORD);
    await guess(email, 30);
    expect((await accounts.login(email, PASSWORD)).status).toBe(429);
    expect((await accounts.login(email, PASSWORD, { cookies: { device } })).status).toBe(201);

    await accounts.send("POST", "/password-resets", { body: { email } });
    const token = tokenOf((await accounts.post.next(email, 1)).text);
    const password = "a new and longer walk";
    const reset = await accounts.send("PUT", `/password-resets/${token}`, { body: { password } });
    expect((await accounts.login(email, password)).status).toBe(429);
    expect((await accounts.login(email, password, { cookies: cookiesOf(reset) })).status).toBe(201);
  });

  test("with another account's device, or one that is made up, is guessing like any other", async () => {
    await accounts.register("thief@example.org", PASSWORD);
    const { device } = await accounts.session("thief@example.org", PASSWORD);
    await guess("prey@example.org", 30);
    for (const cookie of [device, `${"x".repeat(22)}.${"y".repeat(43)}`, "x", "."]) {
      const answer = await accounts.login("prey@example.org", PASSWORD, { cookies: { device: cookie } });
      expect(answer.status).toBe(429);
    }
  });

  test("with a stolen device is slowed down, too", async () => {
    const email = "stolen@example.org";
    await accounts.register(email, PASSWORD);
    const { device } = await accounts.session(email, PASSWORD);
    const statuses: number[] = [];
    for (let count = 0; count < 14; count++) {
      statuses.push((await accounts.login(email, `guess number ${count}`, { cookies: { device } })).status);
    }
    expect(statuses).toContain(429);
  });

  test("at many accounts from one address is slowed down, and others go on", async () => {
    const address = newAddress();
    const statuses: number[] = [];
    for (let batch = 0; batch < 7; batch++) {
      const answers = await Promise.all(
        Array.from({ length: 10 }, (_, index) =>
          accounts.login(`many-${batch}-${index}@example.org`, PASSWORD, { address }),
        ),
      );
      statuses.push(...answers.map(({ status }) => status));
    }
    expect(statuses).toContain(429);
    await accounts.register("bystander@example.org", PASSWORD);
    expect((await accounts.login("bystander@example.org", PASSWORD)).status).toBe(201);
  });

  test("right passwords are never counted", async () => {
    const email = "often@example.org";
    await accounts.register(email, PASSWORD);
    const address = newAddress();
    for (let count = 0; count < 15; count++) {
      expect((await accounts.login(email, PASSWORD, { address })).status).toBe(201);
    }
  });
});

test("without Redis, guessing is still slowed down and people still get in", async () => {
  const way = await interruptible(await emptyTestRedis());
  const accounts = await TestAccounts.start({ REDIS_URL: way.url });
  try {
    await accounts.register("calm@example.org", PASSWORD);
    await way.cut();
    const statuses: number[] = [];
    for (let count = 0; count < 14; count++) {
      statuses.push((await accounts.login("storm@example.org", `guess number ${count}`)).status);
    }
    expect(statuses.slice(0, 11)).toEqual(Array(11).fill(401));
    expect(statuses).toContain(429);
    for (let count = 0; count < 15; count++) {
      expect((await accounts.login("calm@example.org", PASSWORD)).status).toBe(201);
    }
  } finally {
    await way.restore();
    await accounts.stop();
  }
});
