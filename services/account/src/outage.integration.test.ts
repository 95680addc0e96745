import { afterAll, beforeAll, expect, test } from "vitest";
import { type Interruptible, interruptible } from "../../chassis/test/interruptible.ts";
import { JWKS_PATH } from "../../contracts/account-api.ts";
import { problemOf, TestAccounts } from "../test/accounts.ts";

const EMAIL = "robin@example.org";
const PASSWORD = "a long walk at night";
let accounts: TestAccounts;
let way: Interruptible;

beforeAll(async () => {
  accounts = await TestAccounts.start({}, 1, undefined, async (url) => {
    way = await interruptible(url);
    return way.url;
  });
  await accounts.register(EMAIL, PASSWORD);
});
afterAll(async () => {
  await way?.restore();
  await accounts?.stop();
});

test("without its database the service says so, keeps publishing its keys, and comes back by itself", async () => {
  const { refresh, caller } = await accounts.session(EMAIL, PASSWORD);
  await way.cut();
  const body = { email: EMAIL, password: PASSWORD, name: "Robin" };
  const answers = await Promise.all([
    accounts.login(EMAIL, PASSWORD),
    accounts.refresh(refresh),
    accounts.send("GET", "/accounts/me", { caller }),
    accounts.send("POST", "/accounts", { body }),
    accounts.send("POST", "/password-resets", { body: { email: EMAIL } }),
    accounts.send("PUT", `/password-resets/${"x".repeat(43)}`, { body: { password: PASSWORD } }),
  ]);
  for (const answer of answers) {
    expect(problemOf(answer)).toMatchObject({ status: 503, type: "urn:tradestack:problem:unavailable" });
    expect(Number(answer.headers["retry-after"])).toBeGreaterThan(0);
  }
  expect((await accounts.send("GET", JWKS_PATH)).status).toBe(200);

  await way.restore();
  await expect
    .poll(async () => (await accounts.login(EMAIL, PASSWORD)).status, { timeout: 30_000, interval: 200 })
    .toBe(201);
  // The session has lost nothing by a refresh that was not answered.
  expect((await accounts.refresh(refresh)).status).toBe(200);
});
