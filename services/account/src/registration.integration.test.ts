import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { statement } from "../../chassis/index.ts";
import { problemOf, TestAccounts, tokenOf } from "../test/accounts.ts";

const PASSWORD = "a long walk at night";
let accounts: TestAccounts;

beforeAll(async () => {
  accounts = await TestAccounts.start();
});
afterAll(() => accounts?.stop());

const registering = (email: string, password = PASSWORD, name = "Robin") =>
  accounts.send("POST", "/accounts", { body: { email, password, name } });

test("whoever registers can log in once they followed the link in their mail, and not before", async () => {
  const email = "robin@example.org";
  const registered = await registering("Robin@Example.org");
  expect(registered).toMatchObject({ status: 202, text: "null" });
  expect((await accounts.login(email, PASSWORD)).status).toBe(401);

  const mail = await accounts.post.next(email);
  expect(mail.subject).toBe("Confirm your e-mail address");
  expect(mail.text).toContain("https://shop.example.com/verify-email#");
  const path = `/email-verifications/${tokenOf(mail.text)}`;
  expect((await accounts.send("PUT", path)).status).toBe(204);
  // A proxy may send it twice.
  expect((await accounts.send("PUT", path)).status).toBe(204);

  const { account } = await accounts.session("ROBIN@example.org", PASSWORD);
  expect(account).toMatchObject({ email, name: "Robin", roles: ["customer"] });
});

test("registering an address that has an account changes nothing and tells its owner only", async () => {
  const email = "taken@example.org";
  await accounts.register(email, PASSWORD, "First");
  const fresh = await registering("fresh@example.org", "another password", "Second");
  const taken = await registering(email, "another password", "Second");
  const essence = ({ headers: { "x-request-id": _, date, ...headers }, ...rest }: typeof taken) => ({
    ...rest,
    headers,
  });
  expect(essence(taken)).toEqual(essence(fresh));

  const mail = await accounts.post.next(email, 1);
  expect(mail.subject).toBe("You have an account already");
  expect(mail.text).toContain("Hello First,");
  expect((await accounts.login(email, "another password")).status).toBe(401);
  expect((await accounts.session(email, PASSWORD)).account.name).toBe("First");
});

test("who registers an address before its owner gets nothing from it", async () => {
  const email = "owner@example.org";
  await registering(email, "the attacker's password");
  const attackers = await accounts.post.next(email);
  await registering(email, "the owner's password");
  const owners = await accounts.post.next(email, 1);
  expect((await accounts.send("PUT", `/email-verifications/${tokenOf(owners.text)}`)).status).toBe(204);
  const late = await accounts.send("PUT", `/email-verifications/${tokenOf(attackers.text)}`);
  expect(late.status).toBe(404);
  expect((await accounts.login(email, "the attacker's password")).status).toBe(401);
  expect((await accounts.login(email, "the owner's password")).status).toBe(201);
});

test("of two links of one address at the same moment one makes the account", async () => {
  for (let round = 0; round < 5; round++) {
    const email = `race-${round}@example.org`;
    const passwords = ["the first of two passwords", "the second of two passwords"];
    for (const password of passwords) await registering(email, password);
    await accounts.post.next(email, 1);
    const links = accounts.post.to(email).map(({ text }) => `/email-verifications/${tokenOf(text)}`);
    const answers = await Promise.all(links.map((link) => accounts.send("PUT", link)));
    expect(answers.map(({ status }) => status).sort()).toEqual([204, 404]);
    const logins = await Promise.all(passwords.map((password) => accounts.login(email, password)));
    expect(logins.map(({ status }) => status).sort()).toEqual([201, 401]);
  }
});

test("a link that is made up or too old makes no account", async () => {
  expect((await accounts.send("PUT", `/email-verifications/${"x".repeat(43)}`)).status).toBe(404);
  const email = "late@example.org";
  await registering(email);
  const mail = await accounts.post.next(email);
  await accounts.database.database.query(
    statement("age", "UPDATE registrations SET expires_at = now() - interval '1 second' WHERE email = $1"),
    [email],
  );
  const verified = await accounts.send("PUT", `/email-verifications/${tokenOf(mail.text)}`);
  expect(problemOf(verified)).toMatchObject({ status: 404, type: "urn:tradestack:problem:bad-token" });
});

test("an address gets a few mails an hour, however often it is registered", async () => {
  const email = "flooded@example.org";
  for (let count = 0; count < 8; count++) expect((await registering(email)).status).toBe(202);
  await accounts.post.next(email, 4);
  const [row] = await accounts.database.database.query(
    statement<{ waiting: number; registrations: number }>(
      "flood",
      `SELECT (SELECT count(*) FROM mail WHERE sealed IS NOT NULL) AS waiting,
         (SELECT count(*) FROM registrations WHERE email = $1) AS registrations`,
    ),
    [email],
  );
  expect(row?.registrations).toBe(5);
  expect(accounts.post.to(email)).toHaveLength(5);
});

describe("weak passwords are refused:", () => {
  test.each([
    "password1234",
    "Qwertyuiop1!",
    "1234567890",
    "aaaaaaaaaaaa",
    "weak@example.org",
    "abcabcabcabc",
  ])("%s", async (password) => {
    const refused = await registering("weak@example.org", password);
    expect(problemOf(refused)).toMatchObject({
      status: 422,
      type: "urn:tradestack:problem:weak-password",
      errors: [{ in: "body", pointer: "#/password" }],
    });
  });
});

describe("without verification", () => {
  let open: TestAccounts;
  beforeAll(async () => {
    open = await TestAccounts.start({ EMAIL_VERIFICATION: "off", REDIS_URL: accounts.environment.REDIS_URL });
  });
  afterAll(() => open?.stop());

  test("an account is there at once, and one that is taken stays its owner's", async () => {
    const body = { email: "quick@example.org", password: PASSWORD, name: "Quick" };
    expect((await open.send("POST", "/accounts", { body })).status).toBe(202);
    expect((await open.login(body.email, PASSWORD)).status).toBe(201);
    const again = { ...body, password: "another password" };
    expect((await open.send("POST", "/accounts", { body: again })).status).toBe(202);
    expect((await open.login(body.email, "another password")).status).toBe(401);
    expect((await open.post.next(body.email)).subject).toBe("You have an account already");
  });
});
