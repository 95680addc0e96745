import { expect, test } from "vitest";
import { RedriveUsageError, readRedriveArguments } from "./redrive-command.ts";

test.each([
  [["--list"], { action: "list", messageId: undefined, dryRun: false, json: false }],
  [["--list", "--json"], { action: "list", messageId: undefined, dryRun: false, json: true }],
  [["--message", "m"], { action: "redrive", messageId: "m", dryRun: false, json: false }],
  [["--all", "--dry-run"], { action: "redrive", messageId: undefined, dryRun: true, json: false }],
  [["--message=m", "--discard"], { action: "discard", messageId: "m", dryRun: false, json: false }],
])("%j", (args, meaning) => {
  expect(readRedriveArguments(args)).toEqual(meaning);
});

test.each([
  [[]],
  [["--list", "--all"]],
  [["--list", "--discard"]],
  [["--everything"]],
  [["--message"]],
  [["all"]],
])("%j is refused, and how it is used is told", (args) => {
  expect(() => readRedriveArguments(args)).toThrow(RedriveUsageError);
});
