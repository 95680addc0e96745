import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { statement } from "../../chassis/index.ts";
import { cookiesOf, problemOf, TestAccounts, tokenOf } from "../test/accounts.ts";
import { HashQueue } from "./hash-queue.ts";
import { Passwords } from "./passwords.ts";

const PASSWORD = "a long walk at night";
const NEW_PASSWORD = "an even longer walk";
let accounts: TestAccounts;

beforeAll(async () => {
  accounts = await TestAccounts.start();
});
afterAll(() => accounts?.stop());

const ask = (email: string) => accounts.send("POST", "/password-resets", { body: { email } });
const reset = (token: string, password = NEW_PASSWORD) =>
  accounts.send("PUT", `/password-resets/${token}`, { body: { password } });
const linkFor = async (email: string): Promise<string> => {
  const before = accounts.post.to(email).length;
  expect((await ask(email)).status).toBe(202);
  return tokenOf((await accounts.post.next(email, before)).text);
};
const essence = ({
  status,
  text,
  headers: { "x-request-id": _, date, ...headers },
}: Awaited<ReturnType<typeof ask>>) => ({ status, text, headers });

describe("a forgotten password", () => {
  test("is set anew by the link in a mail, which ends every session", async () => {
    const email = "forgetful@example.org";
    await accounts.register(email, PASSWORD);
    const { refresh } = await accounts.session(email, PASSWORD);
    const token = await linkFor(email);
    expect(accounts.post.to(email).at(-1)?.text).toContain("https://shop.example.com/reset-password#");
    expect((await reset(token)).status).toBe(204);
    expect((await accounts.refresh(refresh)).status).toBe(401);
    expect((await accounts.login(email, PASSWORD)).status).toBe(401);
    expect((await accounts.login(email, NEW_PASSWORD)).status).toBe(201);
    const told = await accounts.post.next(email, 2);
    expect(told.subject).toBe("Your password was changed");
  });

  test("can be set once a link; the same request is answered the same for a moment", async () => {
    const email = "once@example.org";
    await accounts.register(email, PASSWORD);
    const [first, second] = [await linkFor(email), await linkFor(email)];
    expect((await reset(first)).status).toBe(204);
    expect((await reset(first)).status).toBe(204);
    expect((await reset(first, "quite another password")).status).toBe(404);
    // Those that were sent before are of no more use either.
    expect(problemOf(await reset(second))).toMatchObject({
      status: 404,
      type: "urn:tradestack:problem:bad-token",
    });
    await accounts.database.database.script(
      "UPDATE password_resets SET used_at = used_at - interval '61 seconds' WHERE used_at IS NOT NULL",
    );
    expect((await reset(first)).status).toBe(404);
  });

  test("of two at the same moment one wins", async () => {
    const email = "race@example.org";
    await accounts.register(email, PASSWORD);
    const token = await linkFor(email);
    const words = ["the first of two passwords", "the second of two passwords"];
    const answers = await Promise.all(words.map((password) => reset(token, password)));
    expect(answers.map(({ status }) => status).sort()).toEqual([204, 404]);
    const logins = await Promise.all(words.map((password) => accounts.login(email, password)));
    expect(logins.map(({ status }) => status)).toEqual(
      answers.map(({ status }) => (status === 204 ? 201 : 401)),
    );
  });

  test("cannot be set by a link that is too old or made up, nor to a weak one", async () => {
    const email = "strict@example.org";
    await accounts.register(email, PASSWORD);
    const token = await linkFor(email);
    expect((await reset("x".repeat(43))).status).toBe(404);
    expect((await reset(token, "password1234")).status).toBe(422);
    await accounts.database.database.script(
      "UPDATE password_resets SET expires_at = now() WHERE used_at IS NULL",
    );
    expect((await reset(token)).status).toBe(404);
    expect((await accounts.login(email, PASSWORD)).status).toBe(201);
  });

  test("of nobody is answered like anybody's, and no mail goes out", async () => {
    const email = "known@example.org";
    await accounts.register(email, PASSWORD);
    const known = essence(await ask(email));
    expect(essence(await ask("unknown@example.org"))).toEqual(known);
    await accounts.post.next(email, 1);
    const [row] = await accounts.database.database.query(
      statement<{ waiting: number }>(
        "waiting",
        "SELECT count(*) AS waiting FROM mail WHERE sealed IS NOT NULL",
      ),
    );
    expect(row?.waiting).toBe(0);
    expect(accounts.post.to("unknown@example.org")).toEqual([]);
  });
});

describe("one's own password", () => {
  test("is changed by who knows it; other sessions end and this one goes on", async () => {
    const email = "change@example.org";
    await accounts.register(email, PASSWORD);
    const here = await accounts.session(email, PASSWORD);
    const there = await accounts.session(email, PASSWORD);
    const link = await linkFor(email);
    const changed = await accounts.send("PUT", "/accounts/me/password", {
      caller: here.caller,
      body: { currentPassword: PASSWORD, password: NEW_PASSWORD },
    });
    expect(changed.status, changed.text).toBe(200);
    expect((await accounts.refresh(there.refresh)).status).toBe(401);
    expect((await accounts.refresh(cookiesOf(changed).refresh ?? "")).status).toBe(200);
    expect((await reset(link, PASSWORD)).status).toBe(404);
    expect((await accounts.login(email, NEW_PASSWORD)).status).toBe(201);
  });

  test("is not changed by who does not, who is nobody, or to a weak one", async () => {
    const email = "keep@example.org";
    await accounts.register(email, PASSWORD);
    const { caller } = await accounts.session(email, PASSWORD);
    const change = (body: object, who = true) =>
      accounts.send("PUT", "/accounts/me/password", { body, ...(who && { caller }) });
    const wrong = await change({ currentPassword: "a guess at it", password: NEW_PASSWORD });
    expect(problemOf(wrong)).toMatchObject({ status: 403, type: "urn:tradestack:problem:bad-credentials" });
    expect((await change({ currentPassword: PASSWORD, password: "1234567890" })).status).toBe(422);
    expect((await change({ currentPassword: PASSWORD, password: NEW_PASSWORD }, false)).status).toBe(401);
    expect((await accounts.login(email, PASSWORD)).status).toBe(201);
  });

  test("cannot be guessed by who has only the access token", async () => {
    const email = "guess@example.org";
    await accounts.register(email, PASSWORD);
    const { caller } = await accounts.session(email, PASSWORD);
    const statuses: number[] = [];
    for (let count = 0; count < 14; count++) {
      const body = { currentPassword: `guess number ${count}`, password: NEW_PASSWORD };
      statuses.push((await accounts.send("PUT", "/accounts/me/password", { caller, body })).status);
    }
    expect(statuses).toContain(429);
  });
});

test("a hash of former parameters is made anew when its owner logs in", async () => {
  const email = "former@example.org";
  await accounts.register(email, PASSWORD);
  const former = new Passwords(new HashQueue({ concurrency: 1, waiting: 1 }), {
    memory: 8192,
    passes: 1,
    parallelism: 1,
  });
  const hashOf = statement<{ password_hash: string }>(
    "hash-of",
    "SELECT password_hash FROM accounts WHERE email = $1",
  );
  const { database } = accounts.database;
  await database.query(statement("set-hash", "UPDATE accounts SET password_hash = $2 WHERE email = $1"), [
    email,
    await former.hash(PASSWORD),
  ]);
  expect((await accounts.login(email, "another password")).status).toBe(401);
  expect((await database.query(hashOf, [email]))[0]?.password_hash).toContain("m=8192,t=1");
  expect((await accounts.login(email, PASSWORD)).status).toBe(201);
  expect((await database.query(hashOf, [email]))[0]?.password_hash).toContain("m=19456,t=2");
  expect((await accounts.login(email, PASSWORD)).status).toBe(201);
});
