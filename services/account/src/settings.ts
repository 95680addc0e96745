import { integer, oneOf, type Setting, text, url } from "../../chassis/index.ts";

/** A secret that keys are derived from. */
const masterSecret: Setting<string> = {
  parse(value) {
    if (value.length < 32) throw new Error("must have 32 random characters or more");
    return value;
  },
};
const optional = (setting: Setting<string>): Setting<string | undefined> => ({
  ...setting,
  fallback: undefined,
});

/** What the account service reads from its environment. */
export const settings = {
  /** Encrypts signing keys and mails in the database, and makes refresh tokens. */
  KEY_ENCRYPTION_KEY: masterSecret,
  /** Days that a key signs before the next one does. */
  KEY_ROTATION_DAYS: integer(1, 365, 30),
  /** Days after which even a session in use ends, and somebody has to log in again. */
  SESSION_DAYS: integer(1, 365, 30),
  /**
   * Whether an account is there only after the link in its mail was followed. `off` lets anybody take any address
   * that is free, and shows by a login whether one was.
   */
  EMAIL_VERIFICATION: oneOf(["required", "off"], "required"),
  /** Such as `smtp://user:password@mail.example.com:587`. Without it mails are stored and not sent, see `MAIL_LOG`. */
  MAIL_URL: optional(url(["smtp:", "smtps:"])),
  /**
   * `on` writes mails to the log where there is no `MAIL_URL`, with their links: whoever reads the log gets into any
   * account. For development alone.
   */
  MAIL_LOG: oneOf(["on", "off"], "off"),
  MAIL_FROM: text("Tradestack <no-reply@example.com>"),
  /** What links in mails begin with: where people find the shop. */
  PUBLIC_URL: url(["http:", "https:"], "http://localhost:8080"),
  /** Passwords that are hashed at the same time; each takes 19 MiB and a thread. */
  HASH_CONCURRENCY: integer(1, 64, 2),
};
