/** Parts of a path that are long and random, such as the token of a mailed link. Ids are shorter and stay. */
const TOKEN = /[A-Za-z0-9_-]{40,}/g;

/**
 * A request's path as it may be logged: without its query, which may hold an address, and without tokens, which would
 * open an account to whoever reads the log.
 */
export const loggedUrl = (url: string): string => (url.split("?", 1)[0] ?? "").replaceAll(TOKEN, "…");
