import { Writable } from "node:stream";
import { pino } from "pino";
import { request } from "undici";
import { afterAll, beforeAll, expect, test } from "vitest";
import { cookiesOf, TestAccounts, tokenOf } from "../test/accounts.ts";

const EMAIL = "robin.private@example.org";
const PASSWORD = "a long walk at night";
const NEW_PASSWORD = "an even longer walk";
let accounts: TestAccounts;
let written = "";

beforeAll(async () => {
  const output = new Writable({
    write(chunk, _encoding, done) {
      written += chunk;
      done();
    },
  });
  // Nothing is taken out of these lines: what is secret must not get as far as there.
  accounts = await TestAccounts.start({}, 1, pino({ level: "trace" }, output));
});
afterAll(() => accounts?.stop());

/** What was logged, line by line. */
const lines = (): Record<string, unknown>[] =>
  written
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));

test("logs tell what happened to which account, and no address, password or token", async () => {
  const secrets = [EMAIL, PASSWORD, NEW_PASSWORD];
  await accounts.register(EMAIL, PASSWORD);
  secrets.push(tokenOf(accounts.post.to(EMAIL)[0]?.text ?? ""));
  await accounts.login(EMAIL, "a guess at it all");
  const { accessToken, refresh, device, account, caller } = await accounts.session(EMAIL, PASSWORD);
  const next = cookiesOf(await accounts.refresh(refresh)).refresh ?? "";
  secrets.push(accessToken, refresh, next, device);
  await accounts.refresh(next);
  await accounts.refresh(refresh);

  accounts.post.refusals.push(451, 550);
  await accounts.send("POST", "/password-resets", { body: { email: EMAIL } });
  await expect.poll(() => lines().some(({ code }) => code === 550), { timeout: 60_000 }).toBe(true);
  await accounts.send("POST", "/password-resets", { body: { email: EMAIL } });
  const token = tokenOf((await accounts.post.next(EMAIL, 1)).text);
  secrets.push(token);
  await accounts.send("PUT", `/password-resets/${token}`, { body: { password: NEW_PASSWORD } });
  const admin = await accounts.admin();
  const path = `/accounts/${account.id}/roles`;
  await accounts.send("PUT", path, { caller: admin.caller, body: { roles: ["support"] } });
  for (let count = 0; count < 13; count++) await accounts.login(EMAIL, "a guess at it all");
  await accounts.send("POST", "/accounts/me/deletion", { caller, body: { password: NEW_PASSWORD } });

  const events = lines().filter(({ accountId }) => accountId === account.id);
  expect(new Set(events.map(({ security }) => security))).toEqual(
    new Set([
      "verified",
      "login-failed",
      "login",
      "refresh-reused",
      "password-reset-requested",
      "password-reset",
      "role-changed",
      "locked-out",
      "deleted",
    ]),
  );
  expect(events.find(({ security }) => security === "role-changed")).toMatchObject({
    by: admin.account.id,
    from: ["customer"],
    to: ["customer", "support"],
  });
  for (const secret of secrets) expect(written).not.toContain(secret);

  const metrics = await request(`${accounts.replicas[0]?.adminUrl}/metrics`);
  const counted = await metrics.body.text();
  expect(counted).toMatch(/security_events_total\{event="refresh-reused"\} 1\b/);
  expect(counted).toMatch(/account_mails_total\{outcome="refused"\} 1\b/);
});
