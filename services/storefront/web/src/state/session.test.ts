import { beforeEach, describe, expect, test } from "vitest";
import type { Session } from "../../../../contracts/account-api.ts";
import { NoAnswerError } from "../api/errors.ts";
import { SessionStore } from "./session.ts";

const account = {
  id: "0190f5a0-0000-7000-8000-000000000001",
  email: "ada@example.com",
  name: "Ada",
  roles: ["customer" as const],
  createdAt: "2026-11-21T12:00:00Z",
};

/** A browser of one person: a cookie, a clock and as many tabs as are opened, at a server that counts refreshes. */
class Browser {
  now = 1_000_000;
  refreshes = 0;
  isLoggedIn = true;
  isReachable = true;
  readonly stored = new Map<string, string>();
  readonly #tabs: { onmessage: ((event: MessageEvent) => void) | null }[] = [];
  #queue: Promise<unknown> = Promise.resolve();

  tab(): SessionStore {
    const channel = {
      onmessage: null as ((event: MessageEvent) => void) | null,
      postMessage: (data: unknown) => {
        for (const other of this.#tabs) {
          if (other !== channel) other.onmessage?.(new MessageEvent("message", { data }));
        }
      },
    };
    this.#tabs.push(channel);
    return new SessionStore({
      fetch: (url, init) => this.#answer(String(url), init?.method ?? "GET"),
      exclusively: (work) => {
        const done = this.#queue.then(work);
        this.#queue = done.catch(() => {});
        return done;
      },
      channel,
      storage: {
        getItem: (name) => this.stored.get(name) ?? null,
        setItem: (name, value) => void this.stored.set(name, value),
        removeItem: (name) => void this.stored.delete(name),
      },
      now: () => this.now,
    });
  }

  async #answer(url: string, method: string): Promise<Response> {
    if (!this.isReachable) throw new TypeError("fetch failed");
    if (method === "DELETE") {
      this.isLoggedIn = false;
      return new Response(null, { status: 204 });
    }
    if (url === "/api/sessions/refresh") this.refreshes++;
    if (!this.isLoggedIn)
      return Response.json({ type: "x", title: "Bad session", status: 401 }, { status: 401 });
    const session: Session = { accessToken: `token ${this.refreshes}`, expiresIn: 600, account };
    return Response.json(session);
  }
}

let browser: Browser;
beforeEach(() => {
  browser = new Browser();
});

/** A tab in which somebody has just logged in. */
async function loggedIn(): Promise<SessionStore> {
  const tab = browser.tab();
  await tab.login("ada@example.com", "password");
  return tab;
}

describe("a page that is loaded", () => {
  test("asks nothing for a visitor who never logged in", async () => {
    const tab = browser.tab();
    await tab.start();
    expect(tab.account.value).toBeNull();
    expect(browser.refreshes).toBe(0);
  });

  test("takes up the session of an earlier one", async () => {
    await loggedIn();
    const tab = browser.tab();
    expect(tab.isKnown.value).toBe(false);
    await tab.start();
    expect(tab.account.value).toEqual(account);
    expect(await tab.token()).toBe("token 1");
  });

  test("forgets a session that is over", async () => {
    await loggedIn();
    browser.isLoggedIn = false;
    const tab = browser.tab();
    await tab.start();
    expect(tab.account.value).toBeNull();
    expect(browser.stored.size).toBe(0);
  });

  test("keeps a session that cannot be asked for now, and tries again", async () => {
    await loggedIn();
    browser.isReachable = false;
    const tab = browser.tab();
    await tab.start();
    expect(tab.account.value).toBeNull();
    await expect(tab.token()).rejects.toThrow(NoAnswerError);
    browser.isReachable = true;
    expect(await tab.token()).toBe("token 1");
    expect(tab.account.value).toEqual(account);
  });
});

describe("a token", () => {
  test("that expires is renewed before, once for all who need it", async () => {
    const tab = await loggedIn();
    browser.now += 590_000;
    const tokens = await Promise.all([tab.token(), tab.token(), tab.token()]);
    expect(new Set(tokens)).toEqual(new Set(["token 1"]));
    expect(browser.refreshes).toBe(1);
  });

  test("is renewed by one tab for all", async () => {
    const tabs = [await loggedIn(), browser.tab(), browser.tab()];
    await Promise.all(tabs.map((tab) => tab.start()));
    const before = browser.refreshes;
    browser.now += 590_000;
    const tokens = await Promise.all(tabs.map((tab) => tab.token()));
    expect(browser.refreshes).toBe(before + 1);
    expect(new Set(tokens).size).toBe(1);
  });

  test("that is refused is replaced, but not one that has been already", async () => {
    const tab = await loggedIn();
    expect(await tab.renew("token 0")).toBe(true);
    expect(await tab.renew("token 0")).toBe(true);
    expect(browser.refreshes).toBe(1);
  });
});

describe("a logout", () => {
  test("is one in every tab", async () => {
    const tab = await loggedIn();
    const other = browser.tab();
    await other.start();
    await tab.logout();
    expect([tab.account.value, other.account.value]).toEqual([null, null]);
    expect(await other.token()).toBeUndefined();
  });

  test("holds on this device even when the API cannot be told", async () => {
    const tab = await loggedIn();
    browser.isReachable = false;
    await expect(tab.logout()).rejects.toThrow(NoAnswerError);
    expect(tab.account.value).toBeNull();
    expect(browser.stored.size).toBe(0);
  });
});
