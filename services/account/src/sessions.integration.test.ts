import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createAccessTokenVerifier, statement } from "../../chassis/index.ts";
import { JWKS_PATH, type Session } from "../../contracts/account-api.ts";
import { cookiesOf, problemOf, TestAccounts } from "../test/accounts.ts";

const EMAIL = "robin@example.org";
const PASSWORD = "a long walk at night";
let accounts: TestAccounts;

beforeAll(async () => {
  accounts = await TestAccounts.start({}, 2);
  await accounts.register(EMAIL, PASSWORD);
});
afterAll(() => accounts?.stop());

const badSession = { status: 401, type: "urn:tradestack:problem:bad-session" };

describe("logging in", () => {
  test("gives an access token that the published keys verify", async () => {
    const { accessToken, expiresIn, account } = await accounts.session(EMAIL, PASSWORD);
    expect(expiresIn).toBe(600);
    const published = await accounts.send("GET", JWKS_PATH, { replica: 1 });
    expect(published.headers["cache-control"]).toBe("public, max-age=300");
    const verify = createAccessTokenVerifier({ fetchKeys: async () => JSON.parse(published.text) });
    expect(await verify(accessToken)).toMatchObject({
      kind: "verified",
      caller: { id: account.id, roles: ["customer"] },
    });
  });

  test("gives cookies that no script reads and no other site sends, over HTTPS only where that is spoken", async () => {
    const secure = await accounts.login(EMAIL, PASSWORD);
    for (const cookie of [secure.headers["set-cookie"] ?? []].flat()) {
      expect(cookie).toMatch(
        /^(refresh|device)=[\w.-]+; Path=\/api\/sessions; Max-Age=\d+; HttpOnly; SameSite=Strict; Secure$/,
      );
    }
    expect(Object.keys(cookiesOf(secure))).toEqual(["refresh", "device"]);
    const plain = await accounts.login(EMAIL, PASSWORD, { headers: { "x-forwarded-proto": "http" } });
    expect(plain.headers["set-cookie"]?.[0]).not.toContain("Secure");
  });

  test("fails in the same words whatever is wrong", async () => {
    await accounts.register("locked@example.org", PASSWORD);
    await accounts.database.database.script(
      "UPDATE accounts SET locked_at = now() WHERE email = 'locked@example.org'",
    );
    const failures = [
      await accounts.login(EMAIL, "another password"),
      await accounts.login("nobody@example.org", PASSWORD),
      await accounts.login("locked@example.org", PASSWORD),
    ];
    const essence = failures.map(({ headers: { "x-request-id": _, date, ...headers }, ...answer }) => ({
      status: answer.status,
      headers,
      problem: problemOf(answer),
    }));
    expect(essence[0]).toMatchObject({
      status: 401,
      problem: { type: "urn:tradestack:problem:bad-credentials" },
    });
    expect(essence[1]).toEqual(essence[0]);
    expect(essence[2]).toEqual(essence[0]);
  });
});

describe("a refresh token", () => {
  let first: string;
  beforeEach(async () => {
    first = (await accounts.session(EMAIL, PASSWORD)).refresh;
  });
  const next = async (token: string, replica = 0) => {
    const answer = await accounts.refresh(token, { replica });
    expect(answer.status, answer.text).toBe(200);
    return cookiesOf(answer).refresh ?? "";
  };
  /** Makes every use look older than a repetition may be. */
  const wait = () =>
    accounts.database.database.script("UPDATE refresh_tokens SET used_at = used_at - interval '11 seconds'");

  test("is exchanged for the next one, by any replica", async () => {
    const second = await next(first, 1);
    const third = await next(second, 0);
    expect(new Set([first, second, third]).size).toBe(3);
    const answer = await accounts.refresh(third);
    expect((JSON.parse(answer.text) as Session).account.email).toBe(EMAIL);
  });

  test("that was used before ends the session, for the thief and for the owner", async () => {
    const second = await next(first);
    const third = await next(second);
    const stolen = await accounts.refresh(first);
    expect(problemOf(stolen)).toMatchObject(badSession);
    expect(cookiesOf(stolen)).toEqual({ refresh: "" });
    expect((await accounts.refresh(third)).status).toBe(401);
  });

  test("that was used just now gives the same next one, as its answer may be lost, and later ends the session", async () => {
    const second = await next(first);
    expect(await next(first)).toBe(second);
    await wait();
    expect((await accounts.refresh(first)).status).toBe(401);
    expect((await accounts.refresh(second)).status).toBe(401);
  });

  test("sent many times at the same moment gives one next one", async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) => accounts.refresh(first, { replica: index % 2 })),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(200));
    const tokens = new Set(answers.map((answer) => cookiesOf(answer).refresh));
    expect(tokens.size).toBe(1);
    await next([...tokens][0] ?? "");
  });

  test("is kept as a digest only", async () => {
    const [row] = await accounts.database.database.query(
      statement<{ found: boolean }>(
        "leak",
        `SELECT EXISTS (SELECT FROM refresh_tokens WHERE encode(hash, 'escape') LIKE '%' || $1 || '%'
           OR hash = decode($2, 'hex')) AS found`,
      ),
      [first, Buffer.from(first, "base64url").toString("hex")],
    );
    expect(row?.found).toBe(false);
  });

  test("of nobody, and none at all, is refused", async () => {
    expect(problemOf(await accounts.refresh("x".repeat(43)))).toMatchObject(badSession);
    expect(problemOf(await accounts.send("POST", "/sessions/refresh"))).toMatchObject(badSession);
  });

  test("does not outlive its session", async () => {
    const second = await next(first);
    await accounts.database.database.script("ALTER TABLE sessions DISABLE TRIGGER session_moves");
    await accounts.database.database.script("UPDATE sessions SET expires_at = now()");
    await accounts.database.database.script("ALTER TABLE sessions ENABLE TRIGGER session_moves");
    expect((await accounts.refresh(second)).status).toBe(401);
  });
});

describe("logging out", () => {
  test("ends the one session", async () => {
    const one = await accounts.session(EMAIL, PASSWORD);
    const other = await accounts.session(EMAIL, PASSWORD);
    const out = await accounts.send("DELETE", "/sessions/current", { cookies: { refresh: one.refresh } });
    expect(out.status).toBe(204);
    expect(cookiesOf(out)).toEqual({ refresh: "" });
    expect((await accounts.refresh(one.refresh)).status).toBe(401);
    expect((await accounts.refresh(other.refresh)).status).toBe(200);
    // Once more, and without a session, there is nothing to be said against it.
    expect((await accounts.send("DELETE", "/sessions/current")).status).toBe(204);
  });

  test("everywhere ends all of one's sessions and nobody else's", async () => {
    await accounts.register("other@example.org", PASSWORD);
    const other = await accounts.session("other@example.org", PASSWORD);
    const mine = [await accounts.session(EMAIL, PASSWORD), await accounts.session(EMAIL, PASSWORD)];
    expect((await accounts.send("DELETE", "/sessions")).status).toBe(401);
    const out = await accounts.send("DELETE", "/sessions", { ...(mine[0] && { caller: mine[0].caller }) });
    expect(out.status).toBe(204);
    for (const { refresh } of mine) expect((await accounts.refresh(refresh)).status).toBe(401);
    expect((await accounts.refresh(other.refresh)).status).toBe(200);
  });
});

test("the database keeps what is over, and one token that can be used a session", async () => {
  const { database } = accounts.database;
  await accounts.session(EMAIL, PASSWORD);
  await expect(
    database.script("UPDATE sessions SET ended_at = NULL, ended_by = NULL WHERE ended_at IS NOT NULL"),
  ).rejects.toMatchObject({ constraint: "session_moves" });
  await expect(
    database.script(
      "INSERT INTO refresh_tokens (hash, session_id) SELECT sha256(hash), session_id FROM refresh_tokens WHERE used_at IS NULL",
    ),
  ).rejects.toMatchObject({ constraint: "refresh_tokens_usable" });
});
