import { type ApiClient, createApi } from "../api/client.ts";
import { CartStore } from "./cart.ts";
import { SessionStore } from "./session.ts";

/** Tabs take turns by this lock. Browsers have locks only where the connection is safe. */
const exclusively = <T>(work: () => Promise<T>): Promise<T> =>
  "locks" in navigator ? navigator.locks.request("tradestack.session", work) : work();

/** Who is logged in, in this tab and all others. */
export const session = new SessionStore({
  fetch: globalThis.fetch.bind(globalThis),
  exclusively,
  channel: new BroadcastChannel("tradestack.session"),
  storage: localStorage,
  now: Date.now,
});

/** The public API, as the one who is logged in. */
export const api: ApiClient = createApi(session);

/** What the visitor means to buy. */
export const cart = new CartStore(api);
