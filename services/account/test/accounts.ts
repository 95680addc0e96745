import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { request } from "undici";
import { type Logger, type RunningService, startService } from "../../chassis/index.ts";
import {
  createTestDatabase,
  emptyTestRedis,
  silentLog,
  type TestDatabase,
} from "../../chassis/test/running.ts";
import type { Session } from "../../contracts/account-api.ts";
import { CALLER_HEADERS, type Role } from "../../contracts/identity.ts";
import { accountService } from "../src/account-service.ts";
import { seed } from "../src/seed.ts";
import { PostOffice } from "./post-office.ts";

/** The secrets of a test run; made anew, so that none is in the repository. */
export const KEY_ENCRYPTION_KEY = randomBytes(32).toString("base64url");
export const ADMIN_PASSWORD = randomBytes(32).toString("base64url");

/** What the service answered. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

/** A request as the gateway would send it. */
export interface Sent {
  readonly body?: unknown;
  /** Whose it is. */
  readonly caller?: { readonly id: string; readonly roles: readonly Role[] };
  /** Address of their computer. Default: one that nobody else has. */
  readonly address?: string;
  readonly cookies?: { readonly refresh?: string; readonly device?: string };
  readonly headers?: Readonly<Record<string, string>>;
  /** Which of the replicas. Default: the first. */
  readonly replica?: number;
}

let addresses = 0;
/** An address that no test has used before. */
export const newAddress = (): string => {
  addresses += 1;
  return `10.${addresses >> 16}.${(addresses >> 8) & 255}.${addresses & 255}`;
};

/** The cookies that an answer sets, by name. */
export function cookiesOf({ headers }: Pick<Answer, "headers">): Record<string, string> {
  const set = [headers["set-cookie"] ?? []].flat();
  return Object.fromEntries(
    set.map((cookie) => {
      const pair = cookie.split(";", 1)[0] ?? "";
      const separator = pair.indexOf("=");
      return [pair.slice(0, separator), pair.slice(separator + 1)];
    }),
  );
}

/** The account service in some replicas on real servers, with a mail server that keeps what it gets. */
export class TestAccounts {
  readonly database: TestDatabase;
  readonly post: PostOffice;
  readonly environment: NodeJS.ProcessEnv;
  readonly replicas: readonly RunningService[];

  private constructor(
    database: TestDatabase,
    post: PostOffice,
    environment: NodeJS.ProcessEnv,
    replicas: readonly RunningService[],
  ) {
    this.database = database;
    this.post = post;
    this.environment = environment;
    this.replicas = replicas;
  }

  /**
   * @param changes Settings that differ from those of the tests.
   * @param log Where the service writes its log. Default: nowhere.
   * @param wayTo Leads the service to its database, such as by a way that can be interrupted. Default: straight.
   */
  static async start(
    changes: NodeJS.ProcessEnv = {},
    replicas = 1,
    log: Logger = silentLog,
    wayTo: (url: string) => Promise<string> = async (url) => url,
  ): Promise<TestAccounts> {
    const post = await PostOffice.open();
    const database = await createTestDatabase(join(import.meta.dirname, "../migrations"), (database, env) =>
      seed(database, { ...env, ADMIN_PASSWORD }),
    );
    const environment = {
      DATABASE_URL: await wayTo(database.url),
      REDIS_URL: changes.REDIS_URL ?? (await emptyTestRedis()),
      KEY_ENCRYPTION_KEY,
      MAIL_URL: post.url,
      PUBLIC_URL: "https://shop.example.com",
      ...changes,
    };
    const running = await Promise.all(
      Array.from({ length: replicas }, () =>
        startService(accountService, { environment, log, apiPort: 0, adminPort: 0, host: "127.0.0.1" }),
      ),
    );
    return new TestAccounts(database, post, environment, running);
  }

  async stop(): Promise<void> {
    await Promise.all(this.replicas.map((replica) => replica.stop()));
    await this.database.drop();
    await this.post.close();
  }

  async send(
    method: "GET" | "PUT" | "POST" | "PATCH" | "DELETE",
    path: string,
    { body, caller, address = newAddress(), cookies = {}, headers = {}, replica = 0 }: Sent = {},
  ): Promise<Answer> {
    const cookie = Object.entries(cookies).map(([name, value]) => `${name}=${value}`);
    const answer = await request(`${this.replicas[replica]?.apiUrl}${path}`, {
      method,
      headers: {
        "x-forwarded-for": address,
        "x-forwarded-proto": "https",
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...(caller && { [CALLER_HEADERS.id]: caller.id, [CALLER_HEADERS.roles]: caller.roles.join(",") }),
        ...(cookie.length > 0 && { cookie: cookie.join("; ") }),
        ...headers,
      },
      body: typeof body === "string" ? body : body === undefined ? null : JSON.stringify(body),
    });
    return { status: answer.statusCode, headers: answer.headers, text: await answer.body.text() };
  }

  /** Registers somebody and follows the link in their mail. */
  async register(email: string, password: string, name = "Robin"): Promise<void> {
    const before = this.post.to(email).length;
    await this.send("POST", "/accounts", { body: { email, password, name } });
    const mail = await this.post.next(email, before);
    const token = tokenOf(mail.text);
    const verified = await this.send("PUT", `/email-verifications/${token}`);
    if (verified.status !== 204) throw new Error(`not verified: ${verified.text}`);
  }

  login(email: string, password: string, sent: Sent = {}): Promise<Answer> {
    return this.send("POST", "/sessions", { ...sent, body: { email, password } });
  }

  /** Logs in and answers the session with its refresh token; throws where that fails. */
  async session(
    email: string,
    password: string,
  ): Promise<Session & { refresh: string; device: string; caller: { id: string; roles: Role[] } }> {
    const answer = await this.login(email, password);
    if (answer.status !== 201) throw new Error(`no login: ${answer.text}`);
    const session: Session = JSON.parse(answer.text);
    const { refresh = "", device = "" } = cookiesOf(answer);
    const { id, roles } = session.account;
    return { ...session, refresh, device, caller: { id, roles } };
  }

  refresh(token: string, sent: Sent = {}): Promise<Answer> {
    return this.send("POST", "/sessions/refresh", { ...sent, cookies: { refresh: token } });
  }

  /** The first admin's session. */
  admin(): ReturnType<TestAccounts["session"]> {
    return this.session("admin@example.com", ADMIN_PASSWORD);
  }
}

/** The token in the link of a mail. */
export function tokenOf(text: string): string {
  const [, token] = /#([A-Za-z0-9_-]{43})\b/.exec(text) ?? [];
  if (token === undefined) throw new Error(`no link in "${text}"`);
  return token;
}

/** The problem in an answer, without the request's id. */
export function problemOf({ text }: Pick<Answer, "text">): Record<string, unknown> {
  const { instance: _, ...problem } = JSON.parse(text);
  return problem;
}
