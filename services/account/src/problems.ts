import { Problem, violatedConstraint } from "../../chassis/index.ts";
import { ACCOUNT_PROBLEMS } from "../../contracts/account-api.ts";

/** Says the same whatever was wrong: who knows only the address learns nothing. */
export const badCredentials = (): Problem =>
  new Problem({
    status: 401,
    slug: ACCOUNT_PROBLEMS.badCredentials,
    title: "Login failed",
    detail: "The e-mail address and the password do not belong together, or the account cannot be used",
  });

export const wrongPassword = (): Problem =>
  new Problem({
    status: 403,
    slug: ACCOUNT_PROBLEMS.badCredentials,
    title: "Wrong password",
    detail: "The current password is another one",
  });

export const badSession = (): Problem =>
  new Problem({
    status: 401,
    slug: ACCOUNT_PROBLEMS.badSession,
    title: "No session",
    detail: "There is no session that could go on; log in again",
  });

export const badToken = (): Problem =>
  new Problem({
    status: 404,
    slug: ACCOUNT_PROBLEMS.badToken,
    title: "Link not valid",
    detail: "The link is unknown, was used before or is too old; ask for a new one",
  });

export const tooManyAttempts = (waitMilliseconds: number): Problem =>
  new Problem({
    status: 429,
    slug: ACCOUNT_PROBLEMS.tooManyAttempts,
    title: "Too many attempts",
    detail:
      "Too many attempts have failed; wait as long as `retry-after` says, or reset the password by mail",
    retryAfterSeconds: Math.ceil(waitMilliseconds / 1000),
  });

export const weakPassword = (detail: string): Problem =>
  new Problem({
    status: 422,
    slug: ACCOUNT_PROBLEMS.weakPassword,
    title: "Weak password",
    detail: `The password ${detail}; take another one`,
    extensions: { errors: [{ in: "body", pointer: "#/password", detail }] },
  });

export const unknownAccount = (id: string): Problem =>
  new Problem({
    status: 404,
    slug: ACCOUNT_PROBLEMS.unknownAccount,
    title: "Unknown account",
    detail: `There is no account ${id}`,
  });

const lastAdmin = (cause: unknown): Problem =>
  new Problem({
    status: 409,
    slug: ACCOUNT_PROBLEMS.lastAdmin,
    title: "Last admin",
    detail: "Nobody else could manage accounts; make somebody else an admin first",
    cause,
  });

/** Runs what the database refuses where it would leave nobody who may manage accounts. */
export async function lastAdminKept<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (violatedConstraint(error) === "last_admin") throw lastAdmin(error);
    throw error;
  }
}
