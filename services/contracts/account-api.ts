import { type Static, Type } from "typebox";
import { Role } from "./identity.ts";

/** Quoted names and numeric hosts are addresses, too; nobody has one, and mail programs disagree about them. */
const Email = Type.String({ format: "email", maxLength: 254, pattern: '^[^"\\[\\]]+$' });
/** Length is what makes a password strong (NIST SP 800-63B); 128 bounds the work of hashing it. */
export const Password = Type.String({ minLength: 10, maxLength: 128 });
const PersonName = Type.String({ minLength: 1, maxLength: 100, pattern: "^[^\\u0000-\\u001f\\u007f]+$" });

/**
 * `POST /accounts`: always answered 202, whether or not the address has an account already; the mail that follows
 * tells its owner which. The account is there, and can log in, once the link in the mail was followed.
 */
export const RegistrationRequest = Type.Object(
  { email: Email, password: Password, name: PersonName },
  { additionalProperties: false },
);
export type RegistrationRequest = Static<typeof RegistrationRequest>;

/** An account as its owner, and who may read accounts, see it. `GET /accounts/me`, `GET /accounts/{id}`. */
export const Account = Type.Object({
  id: Type.String({ format: "uuid" }),
  email: Email,
  name: PersonName,
  roles: Type.Array(Role, { minItems: 1 }),
  createdAt: Type.String({ format: "date-time" }),
  /** Since when it cannot be used; told to staff. */
  lockedAt: Type.Optional(Type.String({ format: "date-time" })),
});
export type Account = Static<typeof Account>;

/** `GET /accounts?email=…`, for who may read accounts: the one account of the address, or none. */
export const AccountList = Type.Object({ items: Type.Array(Account) });
export type AccountList = Static<typeof AccountList>;

/** `PATCH /accounts/me` */
export const AccountChange = Type.Object(
  { name: Type.Optional(PersonName) },
  { additionalProperties: false, minProperties: 1 },
);
export type AccountChange = Static<typeof AccountChange>;

/** `PUT /accounts/me/password`: ends every session and answers with a new {@link Session} and cookie. */
export const PasswordChange = Type.Object(
  { currentPassword: Type.String({ minLength: 1, maxLength: 128 }), password: Password },
  { additionalProperties: false },
);
export type PasswordChange = Static<typeof PasswordChange>;

/**
 * `POST /accounts/me/deletion`: 204; 403 `bad-credentials` where the password is another one. What cannot be brought back
 * takes more than a browser that somebody left open. No `DELETE`: not every proxy lets a body through with that.
 */
export const DeletionRequest = Type.Object(
  { password: Type.String({ minLength: 1, maxLength: 128 }) },
  { additionalProperties: false },
);

/** `GET /accounts/me/export`: all that is kept about the caller. */
export const AccountExport = Type.Object({
  account: Account,
  sessions: Type.Array(
    Type.Object({
      id: Type.String({ format: "uuid" }),
      createdAt: Type.String({ format: "date-time" }),
      expiresAt: Type.String({ format: "date-time" }),
      endedAt: Type.Optional(Type.String({ format: "date-time" })),
    }),
  ),
  mails: Type.Array(
    Type.Object({
      kind: Type.String(),
      createdAt: Type.String({ format: "date-time" }),
      sentAt: Type.Optional(Type.String({ format: "date-time" })),
    }),
  ),
});
export type AccountExport = Static<typeof AccountExport>;

/** `POST /sessions`: logs in. The refresh token comes as a cookie that scripts cannot read. */
export const LoginRequest = Type.Object(
  { email: Email, password: Type.String({ minLength: 1, maxLength: 128 }) },
  { additionalProperties: false },
);

/** The answer to a login and to `POST /sessions/refresh`. */
export const Session = Type.Object({
  accessToken: Type.String({ description: "JWT, sent as `Authorization: Bearer …`" }),
  expiresIn: Type.Integer({ minimum: 1, description: "Seconds until the access token expires" }),
  account: Account,
});
export type Session = Static<typeof Session>;

/** A token that a mail brought: 256 random bits. */
export const MailedToken = Type.String({ pattern: "^[A-Za-z0-9_-]{43}$" });

/**
 * Pages of the shop that links in mails lead to; the token follows the `#`, which browsers send to nobody. The first
 * page sends `PUT /email-verifications/{token}` (204), the second `PUT /password-resets/{token}` (204).
 */
export const MAIL_PAGES = { verifyEmail: "/verify-email", resetPassword: "/reset-password" } as const;

/** `POST /password-resets`: always answered 202; a mail with a link goes to whoever has an account. */
export const PasswordResetRequest = Type.Object({ email: Email }, { additionalProperties: false });
/** `PUT /password-resets/{token}`: sets the password, once a token, and ends every session. */
export const NewPasswordRequest = Type.Object({ password: Password }, { additionalProperties: false });
/**
 * `PUT /accounts/{id}/roles`: needs `accounts:manage`. Everybody stays a customer. `PUT` and `DELETE
 * /accounts/{id}/lock` need it, too.
 */
export const RolesRequest = Type.Object(
  { roles: Type.Array(Role, { minItems: 1, uniqueItems: true }) },
  { additionalProperties: false },
);

/** Where the public keys of access tokens are (RFC 7517). */
export const JWKS_PATH = "/.well-known/jwks.json";

/** Kinds of problem that accounts are answered with. */
export const ACCOUNT_PROBLEMS = {
  /**
   * 401: the address and the password do not belong together, or the account cannot be used; never says which. 403
   * where the caller is logged in and their current password is another one.
   */
  badCredentials: "bad-credentials",
  /** 401: the refresh token is unknown, used, expired or revoked. */
  badSession: "bad-session",
  /** 429: too many attempts; `retry-after` says when to try again. */
  tooManyAttempts: "too-many-attempts",
  /** 404: the token is unknown, used or expired. */
  badToken: "bad-token",
  /** 422: everybody's first guess, or the e-mail address itself. */
  weakPassword: "weak-password",
  /** 404 */
  unknownAccount: "unknown-account",
  /** 409: nobody would be left who may manage accounts. */
  lastAdmin: "last-admin",
} as const;
