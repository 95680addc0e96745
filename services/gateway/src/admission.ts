import {
  type Allowance,
  type Caller,
  limitedUnit,
  type RateLimiter,
  tooManyRequests,
} from "../../chassis/index.ts";
import { type Authenticator, bearerToken } from "./authentication.ts";
import { addressAllowances, callerAllowances, type Limits } from "./limits.ts";

/** What decides whether a request goes on. */
export interface Admission {
  readonly limits: Limits;
  readonly rateLimiter: RateLimiter;
  readonly authenticator: Authenticator;
  /** Called for each request that is refused because its caller sent too many, with the limit's name. */
  readonly onLimited: (limit: string) => void;
}

/** A request at the door. */
export interface Visitor {
  readonly method: string;
  /** Path at the service, with or without a query. */
  readonly path: string;
  readonly address: string;
  readonly authorization: string | undefined;
}

/**
 * Lets a request in, and tells who is calling.
 *
 * A token that is not known yet is verified only after its address has paid for it: verifying is the one thing here
 * that takes work. Where it is known, and where there is none, all limits are asked at once.
 *
 * @returns undefined for somebody who is not logged in.
 * @throws {Problem} 429 within a limit that is used up, 401 for a token that is no good, 503 where that cannot be told.
 */
export async function admit(
  { limits, rateLimiter, authenticator, onLimited }: Admission,
  { method, path, address, authorization }: Visitor,
): Promise<Caller | undefined> {
  const take = async (allowances: readonly Allowance[]) => {
    if (allowances.length === 0) return;
    const excess = await rateLimiter(allowances);
    if (excess === undefined) return;
    onLimited(excess.limit.name);
    throw tooManyRequests(excess);
  };
  const request = { method, path, address: limitedUnit(address) };
  const token = bearerToken(authorization);
  const known = token === undefined ? undefined : authenticator.recall(token);
  if (token === undefined || known !== undefined) {
    await take([...addressAllowances(limits, request), ...callerAllowances(limits, request, known?.id)]);
    return known;
  }
  await take(addressAllowances(limits, request));
  const caller = await authenticator.verify(token);
  await take(callerAllowances(limits, request, caller.id));
  return caller;
}
