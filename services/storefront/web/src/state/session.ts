import { computed, type ReadonlySignal, signal } from "@preact/signals";
import type { Account, Session } from "../../../../contracts/account-api.ts";
import type { Credentials } from "../api/client.ts";
import { exchange } from "../api/client.ts";
import { ApiError, readProblem } from "../api/errors.ts";

/** What a session needs of the browser. */
export interface SessionParts {
  readonly fetch: typeof globalThis.fetch;
  /** Lets one tab after the other do something; tabs share the cookie that a refresh replaces. */
  readonly exclusively: <T>(work: () => Promise<T>) => Promise<T>;
  /** Tells the other tabs. */
  readonly channel: Pick<BroadcastChannel, "postMessage" | "onmessage">;
  /** Remembers over page loads that there is a session, so that visitors without one cause no request. */
  readonly storage: Pick<Storage, "getItem" | "setItem" | "removeItem">;
  readonly now: () => number;
}

type News = { readonly kind: "renewed"; readonly session: Session } | { readonly kind: "ended" };

const HINT = "tradestack.signed-in";
/** A token is renewed when it would expire within this time, in milliseconds. */
const MARGIN = 15_000;

/**
 * Who is logged in. The access token lives in memory only; a page that is loaded anew gets another one by the
 * refresh cookie, which no script can read.
 */
export class SessionStore implements Credentials {
  /** Undefined as long as it is not known whether somebody is logged in. */
  readonly account: ReadonlySignal<Account | null | undefined>;
  readonly isKnown = computed(() => this.account.value !== undefined);
  readonly #account = signal<Account | null | undefined>(undefined);
  readonly #parts: SessionParts;
  #token: { readonly text: string; readonly expiresAt: number } | undefined;
  #renewal: Promise<boolean> | undefined;

  constructor(parts: SessionParts) {
    this.#parts = parts;
    this.account = this.#account;
    parts.channel.onmessage = ({ data }: MessageEvent<News>) => {
      if (data.kind === "renewed") this.#take(data.session);
      else this.#forget();
    };
  }

  /** Takes up the session of an earlier page load, if there is one. */
  async start(): Promise<void> {
    if (this.#parts.storage.getItem(HINT) === null) {
      this.#account.value = null;
      return;
    }
    try {
      await this.#renew();
    } catch {
      // The shop cannot be reached. It works without a login, and the next request tries again.
      this.#account.value ??= null;
    }
  }

  async token(): Promise<string | undefined> {
    const isExpiring = this.#token !== undefined && this.#token.expiresAt - MARGIN < this.#parts.now();
    const isLost = this.#token === undefined && this.#parts.storage.getItem(HINT) !== null;
    if (isExpiring || isLost) await this.#renew();
    return this.#token?.text;
  }

  async renew(refused: string): Promise<boolean> {
    if (this.#token !== undefined && this.#token.text !== refused) return true;
    this.#token = undefined;
    return this.#renew();
  }

  /** @throws {ApiError} 401 where address and password do not belong together. */
  async login(email: string, password: string): Promise<void> {
    const session = await this.#ask({ method: "POST", path: "/sessions", body: { email, password } });
    this.adopt(session);
  }

  /** Goes on with a session that the API has just begun. */
  adopt(session: Session): void {
    this.#take(session);
    this.#parts.channel.postMessage({ kind: "renewed", session } satisfies News);
  }

  /** The account changed. */
  update(account: Account): void {
    this.#account.value = account;
  }

  /** Ends this session, or all of this account's. The tabs forget it even where the API cannot be told. */
  async logout(everywhere = false): Promise<void> {
    const token = await this.token().catch(() => undefined);
    try {
      const path = everywhere ? "/sessions" : "/sessions/current";
      const response = await exchange(this.#parts.fetch, { method: "DELETE", path }, token);
      if (!response.ok && response.status !== 401) throw await readProblem(response);
    } finally {
      this.forget();
    }
  }

  /** The session is over. */
  forget(): void {
    this.#forget();
    this.#parts.channel.postMessage({ kind: "ended" } satisfies News);
  }

  /** Many requests may need a new token at once; one asks for it. */
  #renew(): Promise<boolean> {
    this.#renewal ??= this.#renewAlone().finally(() => {
      this.#renewal = undefined;
    });
    return this.#renewal;
  }

  #renewAlone(): Promise<boolean> {
    const { exclusively, now } = this.#parts;
    return exclusively(async () => {
      // Another tab may have got one while this one waited.
      if (this.#token !== undefined && this.#token.expiresAt - MARGIN >= now()) return true;
      try {
        this.adopt(await this.#ask({ method: "POST", path: "/sessions/refresh" }));
        return true;
      } catch (error) {
        if (!(error instanceof ApiError && error.status === 401)) throw error;
        this.forget();
        return false;
      }
    });
  }

  async #ask(request: Parameters<typeof exchange>[1]): Promise<Session> {
    const response = await exchange(this.#parts.fetch, request);
    if (!response.ok) throw await readProblem(response);
    return response.json();
  }

  #take({ accessToken, expiresIn, account }: Session): void {
    this.#token = { text: accessToken, expiresAt: this.#parts.now() + expiresIn * 1000 };
    this.#parts.storage.setItem(HINT, "1");
    this.#account.value = account;
  }

  #forget(): void {
    this.#token = undefined;
    this.#parts.storage.removeItem(HINT);
    this.#account.value = null;
  }
}
