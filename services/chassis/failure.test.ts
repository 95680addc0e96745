import fc from "fast-check";
import { expect, test } from "vitest";
import { UnreadableEventError } from "./event-handler.ts";
import { describeFailure } from "./failure.ts";
import { pauseAfter } from "./inbox-worker.ts";

const secret = fc.stringMatching(/^[A-Za-z]{8,12}$/).map((word) => `s3cr3t${word}`);
const quote = fc.constantFrom(
  (value: string) => `"${value}"`,
  (value: string) => `'${value} Street'`,
  (value: string) => `\`${value}\``,
  (value: string) => `${value}@example.com`,
  (value: string) => `"${value} that was cut o`,
);

test("what an error's message quotes is not kept", () => {
  fc.assert(
    fc.property(secret, quote, (value, quoted) => {
      const { kind, detail } = describeFailure(new RangeError(`cannot ship to ${quoted(value)}`));
      expect(kind).toBe("RangeError");
      expect(detail).toContain("cannot ship to …");
      expect(detail).not.toContain(value);
    }),
  );
});

test("of a database error only names are kept", () => {
  fc.assert(
    fc.property(secret, (value) => {
      const error = Object.assign(new Error(`value ${value} is taken`), {
        code: "23505",
        detail: `Key (email)=(${value}) already exists.`,
        table: "accounts",
        constraint: "accounts_email_key",
      });
      expect(describeFailure(error).detail).toBe(
        "SQLSTATE 23505, table accounts, constraint accounts_email_key",
      );
    }),
  );
});

test("a contract that was broken is told by the field, and nonsense by its type", () => {
  expect(describeFailure(new UnreadableEventError("a.v1, /number: must be integer"))).toEqual({
    kind: "UnreadableEventError",
    detail: "a.v1, /number: must be integer",
  });
  expect(describeFailure("secret")).toEqual({
    kind: "string",
    detail: "something was thrown that is no error",
  });
});

test("pauses double, vary by half, and end at five minutes", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 100 }), fc.integer({ min: 1, max: 10_000 }), (attempts, first) => {
      const most = Math.min(first * 2 ** (attempts - 1), 300_000);
      const pause = pauseAfter(attempts, first);
      expect(pause).toBeGreaterThanOrEqual(most / 2);
      expect(pause).toBeLessThanOrEqual(most);
    }),
  );
});
