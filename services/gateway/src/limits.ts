import type { Allowance, RateLimit } from "../../chassis/index.ts";

/** What is limited, and how. */
export interface Limits {
  /** Everything that comes from one address. */
  readonly address: RateLimit;
  /** Everything that one account asks for, wherever from. */
  readonly account: RateLimit;
  /** Attempts to log in, register or reset a password, from one address: each is a guess, a mail or much work. */
  readonly credentials: RateLimit;
  /** New orders of one account, or from one address without one. */
  readonly orders: RateLimit;
}

/** Requests that are limited more than others. */
const COSTLY: ReadonlyMap<string, "credentials" | "orders"> = new Map([
  ["POST /sessions", "credentials"],
  ["POST /accounts", "credentials"],
  ["POST /password-resets", "credentials"],
  ["POST /orders", "orders"],
]);

/** A request, as far as its limits go. */
export interface LimitedRequest {
  readonly method: string;
  /** Path at the service, with or without a query. */
  readonly path: string;
  /** Address, or network of addresses, that it comes from. */
  readonly address: string;
}

const kindOf = ({ method, path }: LimitedRequest) => COSTLY.get(`${method} ${path.split("?", 1)[0]}`);

/** Allowances that are used before it is known who is calling. */
export function addressAllowances(limits: Limits, request: LimitedRequest): Allowance[] {
  const allowances = [{ limit: limits.address, unit: request.address }];
  if (kindOf(request) === "credentials")
    allowances.push({ limit: limits.credentials, unit: request.address });
  return allowances;
}

/**
 * Allowances that are used once it is known who is calling.
 *
 * @param account Id of the account; undefined where nobody is logged in.
 */
export function callerAllowances(
  limits: Limits,
  request: LimitedRequest,
  account: string | undefined,
): Allowance[] {
  const allowances: Allowance[] = [];
  if (account !== undefined) allowances.push({ limit: limits.account, unit: account });
  // An account's id is a UUID, so no address can use up an account's orders.
  if (kindOf(request) === "orders")
    allowances.push({ limit: limits.orders, unit: account ?? request.address });
  return allowances;
}
