import { type Static, Type } from "typebox";
import { Role } from "./identity.ts";

const Email = Type.String({ format: "email", maxLength: 254 });
/** Length is what makes a password strong (NIST SP 800-63B); 128 bounds the work of hashing it. */
export const Password = Type.String({ minLength: 10, maxLength: 128 });
const PersonName = Type.String({ minLength: 1, maxLength: 100, pattern: "^[^\\u0000-\\u001f\\u007f]+$" });

/**
 * `POST /accounts`: always answered 202, whether or not the address has an account already; the mail that follows
 * tells its owner which.
 */
export const RegistrationRequest = Type.Object(
  { email: Email, password: Password, name: PersonName },
  { additionalProperties: false },
);

/** An account as its owner, and who may read accounts, see it. `GET /accounts/me`, `GET /accounts/{id}`. */
export const Account = Type.Object({
  id: Type.String({ format: "uuid" }),
  email: Email,
  name: PersonName,
  roles: Type.Array(Role, { minItems: 1 }),
  createdAt: Type.String({ format: "date-time" }),
});
export type Account = Static<typeof Account>;

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

/** `POST /password-resets`: always answered 202; a mail with a link goes to whoever has an account. */
export const PasswordResetRequest = Type.Object({ email: Email }, { additionalProperties: false });
/** `PUT /password-resets/{token}`: sets the password, once a token, and ends every session. */
export const NewPasswordRequest = Type.Object({ password: Password }, { additionalProperties: false });
/** `PUT /accounts/{id}/roles`: needs `accounts:manage`. */
export const RolesRequest = Type.Object(
  { roles: Type.Array(Role, { minItems: 1, uniqueItems: true }) },
  { additionalProperties: false },
);

/** Where the public keys of access tokens are (RFC 7517). */
export const JWKS_PATH = "/.well-known/jwks.json";

/** Kinds of problem that accounts are answered with. */
export const ACCOUNT_PROBLEMS = {
  /** 401: the address and the password do not belong together, or the account cannot be used. Never says which. */
  badCredentials: "bad-credentials",
  /** 401: the refresh token is unknown, used, expired or revoked. */
  badSession: "bad-session",
  /** 429: too many attempts; `retry-after` says when to try again. */
  tooManyAttempts: "too-many-attempts",
  /** 404: the token is unknown, used or expired. */
  badToken: "bad-token",
} as const;
