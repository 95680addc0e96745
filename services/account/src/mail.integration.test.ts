import { join } from "node:path";
import { pino } from "pino";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { statement } from "../../chassis/index.ts";
import { createMetrics } from "../../chassis/metrics.ts";
import { createTestDatabase, silentLog, type TestDatabase } from "../../chassis/test/running.ts";
import { KEY_ENCRYPTION_KEY } from "../test/accounts.ts";
import { PostOffice } from "../test/post-office.ts";
import { storeMail } from "./mail.ts";
import { mailTurn } from "./mail-worker.ts";
import { SecretBox } from "./secret-box.ts";

const box = new SecretBox(KEY_ENCRYPTION_KEY);
const EMAIL = "robin@example.org";
const TOKEN = "t".repeat(43);
let database: TestDatabase;
let post: PostOffice;

beforeAll(async () => {
  database = await createTestDatabase(join(import.meta.dirname, "../migrations"));
  post = await PostOffice.open();
});
afterAll(async () => {
  await post?.close();
  await database?.drop();
});
beforeEach(async () => {
  post.mails.length = 0;
  await database.database.script("DELETE FROM mail");
});

const postman = (url: string | undefined = post.url) => {
  const options = {
    url,
    isLogged: false,
    from: "Shop <no-reply@example.com>",
    publicUrl: "https://shop.example.com/",
  };
  const turn = mailTurn(database.database, box, options, createMetrics(), silentLog);
  if (turn === undefined) throw new Error("there is a mail server");
  return turn;
};
const store = (name = "Robin", email = EMAIL) =>
  storeMail(database.database, box, "reset-password", { email, name, token: TOKEN });
const rows = () =>
  database.database.query(
    statement<{ sent: boolean; refused: boolean; waiting: boolean; attempts: number }>(
      "mails",
      `SELECT sent_at IS NOT NULL AS sent, refused_at IS NOT NULL AS refused, sealed IS NOT NULL AS waiting, attempts
       FROM mail ORDER BY id`,
    ),
  );
const dueNow = () =>
  database.database.script("UPDATE mail SET next_attempt_at = now() - interval '1 second'");

test("a mail is sent once, by whichever replica, and leaves nothing to read", async () => {
  const postmen = Array.from({ length: 6 }, () => postman());
  for (let round = 0; round < 10; round++) {
    const addresses = Array.from({ length: 10 }, (_, index) => `${round}-${index}.${EMAIL}`);
    await Promise.all(addresses.map((address) => store("Robin", address)));
    await Promise.all(postmen.map((turn) => turn()));
  }
  // What one has taken nobody else sends; what was left over is sent at the next turn.
  for (const turn of postmen) while (await turn());
  expect(new Set(post.mails.map(({ to }) => to[0])).size).toBe(100);
  expect(post.mails).toHaveLength(100);
  expect(await rows()).toEqual(Array(100).fill({ sent: true, refused: false, waiting: false, attempts: 1 }));
});

test("names and addresses cannot add headers or recipients", async () => {
  await store("Robin\u2028Bcc: all@example.org", '"x, evil@example.net"@example.org');
  await store("=?utf-8?q?a=0D=0ABcc:_all@example.org?=");
  await postman()();
  const recipients = post.mails.flatMap(({ to }) => to);
  expect(recipients).toContain(EMAIL);
  expect(recipients).not.toContain("evil@example.net");
  for (const { headers } of post.mails) {
    expect(headers).not.toMatch(/^Bcc:/im);
    expect(headers).toMatch(/^To: \S+$/m);
  }
});

test("nothing that opens an account can be read in the table", async () => {
  await store();
  const [row] = await database.database.query(
    statement<{ all: string }>("all", "SELECT t::text || encode(t.sealed, 'escape') AS all FROM mail t"),
  );
  expect(row?.all).not.toContain(EMAIL);
  expect(row?.all).not.toContain(TOKEN);
});

describe("a mail that is not taken", () => {
  test("for the moment is tried again, later each time", async () => {
    await store();
    post.refusals.push(451);
    await postman()();
    expect(await rows()).toMatchObject([{ waiting: true, attempts: 1 }]);
    // Not due yet.
    await postman()();
    expect(post.mails).toHaveLength(0);
    await dueNow();
    await postman()();
    expect(post.mails).toHaveLength(1);
    expect(await rows()).toMatchObject([{ sent: true, attempts: 2 }]);
  });

  test("for good is not tried again", async () => {
    await store();
    post.refusals.push(550);
    await postman()();
    expect(await rows()).toEqual([{ sent: false, refused: true, waiting: false, attempts: 1 }]);
  });

  test("because it was sealed with another secret is left to who has that", async () => {
    await storeMail(database.database, new SecretBox("x".repeat(43)), "password-changed", {
      email: EMAIL,
      name: "Robin",
    });
    await postman()();
    expect(await rows()).toMatchObject([{ waiting: true, attempts: 1 }]);
    expect(post.mails).toHaveLength(0);
  });

  test("because nobody is there stays, and the others with it", async () => {
    await store();
    await postman("smtp://127.0.0.1:1")();
    expect(await rows()).toMatchObject([{ waiting: true, attempts: 1 }]);
  });

  test("in time is not sent any more", async () => {
    await store();
    await database.database.script("UPDATE mail SET expires_at = now() - interval '1 second'");
    await postman()();
    expect(post.mails).toHaveLength(0);
  });
});

describe("without a mail server", () => {
  const written: string[] = [];
  const log = pino({ level: "trace" }, { write: (line: string) => void written.push(line) });
  const turnWith = (isLogged: boolean) => {
    const options = { url: undefined, isLogged, from: "", publicUrl: "http://shop.test" };
    return mailTurn(database.database, box, options, createMetrics(), log);
  };

  test("a mail is read in the log where that was asked for, and then it was sent", async () => {
    await store();
    expect(await turnWith(true)?.()).toBe(false);
    const mail = written.map((line) => JSON.parse(line)).find(({ to }) => to === EMAIL);
    expect(mail).toMatchObject({ subject: "Set a new password" });
    expect(mail.text).toContain(`http://shop.test/reset-password#${TOKEN}`);
    expect(await rows()).toEqual([{ sent: true, refused: false, waiting: false, attempts: 1 }]);
  });

  test("a mail stays where it is otherwise, and no log has it", async () => {
    written.length = 0;
    await store();
    expect(turnWith(false)).toBeUndefined();
    expect(written.join()).not.toContain(TOKEN);
    expect(await rows()).toMatchObject([{ waiting: true }]);
  });
});
