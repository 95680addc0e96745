import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { parseSettings } from "../settings.ts";
import { masterKeyOf } from "./key.ts";

const given = Buffer.alloc(32, 1).toString("base64");
const dev = parseSettings({ environment: "dev", cluster: { kind: "sandbox" } }, "dev", {});
const prod = parseSettings(
  {
    environment: "prod",
    cluster: { kind: "existing", context: "eu" },
    services: {
      payment: { environment: { PAYMENT_PROVIDER: "stripe" } },
      account: { secretFiles: { MAIL_URL: "mail/url" } },
    },
  },
  "prod",
  {},
);

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "tradestack-home-"));
  vi.stubEnv("TRADESTACK_HOME", home);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(home, { recursive: true });
});

test("a key in the configuration wins, and nothing is made", () => {
  expect(masterKeyOf({ ...dev, masterKey: given }, { make: true })).toBe(given);
  expect(readdirSync(home)).toEqual([]);
});

test("a dev stack without a key gets one when something is deployed, and not before", () => {
  expect(masterKeyOf(dev, { make: false })).toBeUndefined();
  expect(readdirSync(home)).toEqual([]);
  const made = masterKeyOf(dev, { make: true });
  expect(made).toBeDefined();
  expect(masterKeyOf(dev, { make: false })).toBe(made);
});

test("other stacks are told how to make one, and can be reviewed without it", () => {
  expect(masterKeyOf(prod, { make: false })).toBeUndefined();
  expect(() => masterKeyOf(prod, { make: true })).toThrow(
    /^tradestack:masterKey is missing; .*pulumi config set --stack prod --secret tradestack:masterKey$/,
  );
  expect(readdirSync(home)).toEqual([]);
});
