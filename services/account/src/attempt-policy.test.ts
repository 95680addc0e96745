import fc from "fast-check";
import { expect, test } from "vitest";
import { ACCOUNT_POLICY, ADDRESS_POLICY, attemptUnit, countAttempt, NO_ATTEMPTS } from "./attempt-policy.ts";

const DAY = 24 * 3_600_000;

/** Attempts that a guesser who never waits longer than needed makes in `time`. */
function attemptsWithin(policy: typeof ACCOUNT_POLICY, time: number): number {
  let [count, now, attempts] = [NO_ATTEMPTS, 1_000_000, 0];
  for (const end = now + time; now < end; attempts++) {
    count = countAttempt(count, policy, now);
    now = Math.max(now + 1, count.blockedUntil);
  }
  return attempts;
}

test("an account can be guessed at about a hundred times a day, from wherever", () => {
  const first = attemptsWithin(ACCOUNT_POLICY, DAY);
  expect(first).toBeLessThan(130);
  expect(attemptsWithin(ACCOUNT_POLICY, 2 * DAY) - first).toBeLessThan(110);
});

test("people behind one address who mistype now and then never wait", () => {
  let count = NO_ATTEMPTS;
  for (let now = 1_000_000; now < 1_000_000 + DAY; now += ADDRESS_POLICY.forget) {
    count = countAttempt(count, ADDRESS_POLICY, now);
    expect(count.blockedUntil).toBe(now);
  }
});

test("pauses grow to their limit and no further, and never begin before the free attempts are gone", () => {
  const policy = fc.record({
    free: fc.integer({ min: 0, max: 20 }),
    pause: fc.integer({ min: 1, max: 10_000 }),
    maxPause: fc.integer({ min: 10_000, max: 1_000_000 }),
    forget: fc.integer({ min: 1000, max: 1_000_000 }),
  });
  fc.assert(
    fc.property(policy, fc.array(fc.nat(100_000), { maxLength: 60 }), (policy, gaps) => {
      let count = NO_ATTEMPTS;
      let now = 1_000_000;
      for (const [index, gap] of gaps.entries()) {
        now += gap;
        const next = countAttempt(count, policy, now);
        const pause = next.blockedUntil - now;
        expect(pause).toBeGreaterThanOrEqual(0);
        expect(pause).toBeLessThanOrEqual(policy.maxPause);
        if (index < policy.free) expect(pause).toBe(0);
        expect(next.level).toBeLessThanOrEqual(count.level + 1);
        count = next;
      }
    }),
  );
});

test("what attempts are counted by names nobody, and tells kinds apart", () => {
  const { unit } = attemptUnit("account", "robin@example.org");
  expect(unit).not.toContain("robin");
  expect(attemptUnit("caller", "robin@example.org").unit).not.toBe(unit);
  expect(attemptUnit("account", "robin@example.org").unit).toBe(unit);
});
