import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ensureMasterKey, readMasterKey } from "./master-key.ts";

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "tradestack-key-"));
  vi.stubEnv("TRADESTACK_HOME", home);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(home, { recursive: true });
});

test("a key is made once, holds 32 bytes, and is kept apart for each stack", () => {
  expect(readMasterKey("dev")).toBeUndefined();
  const key = ensureMasterKey("dev");
  expect(Buffer.from(key, "base64")).toHaveLength(32);
  expect(ensureMasterKey("dev")).toBe(key);
  expect(readMasterKey("dev")).toBe(key);
  expect(ensureMasterKey("dev-two")).not.toBe(key);
});

test("only its owner can read the key", () => {
  ensureMasterKey("dev");
  expect(statSync(join(home, "secrets")).mode & 0o777).toBe(0o700);
  expect(statSync(join(home, "secrets", "dev.key")).mode & 0o777).toBe(0o600);
});
