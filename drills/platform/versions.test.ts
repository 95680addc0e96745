import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { Repairs } from "../runner/repairs.ts";
import { layOutVersion, reasonIn, SPOILT, spoil } from "./versions.ts";

test("an update says why it failed in its last event, or else in its last words", () => {
  const event = JSON.stringify({ event: "end", ok: false, error: 'order said "no"\nthe one before is back' });
  expect(reasonIn(`{"event":"message","message":"x"}\n${event}\n`)).toBe(
    'order said "no"\nthe one before is back',
  );
  expect(reasonIn("1\n2\n3\n4\n5\n6\n")).toBe("2\n3\n4\n5\n6");
});

test.each([
  ["without services", "config:\n  tradestack:environment: dev\n"],
  ["with services", "config:\n  tradestack:services:\n    order: { environment: { A: 1 } }\n    cart: {}\n"],
])("a stack's file %s keeps what it says, and has one setting that nothing can start with", (_how, text) => {
  const directory = mkdtempSync(join(tmpdir(), "tradestack-versions-"));
  try {
    const file = join(directory, "Pulumi.dev.yaml");
    writeFileSync(file, text);
    const checkout = { commit: "", directory, otherPackages: false, remove() {} };
    spoil(checkout, "dev", "order", "RESERVATION_SECONDS");
    const { config: before } = parse(text);
    const { config } = parse(readFileSync(file, "utf8"));
    expect(config).toMatchObject(before);
    expect(config["tradestack:services"].order.environment.RESERVATION_SECONDS).toBe(SPOILT);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
});

test("a version that is not there is told before anything is changed", () => {
  const repairs = new Repairs();
  expect(() => layOutVersion("no-such-version", { repairs })).toThrow(
    /there is no branch, tag or commit no-such-version in/,
  );
  expect(repairs.settled).toBe(true);
});
