import { createHash, randomBytes } from "node:crypto";

/** A new token: 256 random bits, as text that fits a URL and a cookie. */
export const newToken = (): string => randomBytes(32).toString("base64url");

/** What the database keeps of a token. It is long and random, so a fast digest is as good as a slow one. */
export const tokenHash = (token: string): Buffer => createHash("sha256").update(token).digest();
