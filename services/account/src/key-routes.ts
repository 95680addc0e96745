import { type Api, ProblemDetails } from "../../chassis/index.ts";
import { JWKS_PATH } from "../../contracts/account-api.ts";
import { KeySet } from "../../contracts/identity.ts";
import type { SigningKeys } from "./signing-keys.ts";

/** The keys that access tokens are verified with, for whoever wants to. */
export function registerKeyRoutes(api: Api, keys: SigningKeys): void {
  api.get(
    JWKS_PATH,
    {
      schema: {
        summary: "Public keys of access tokens",
        response: { 200: KeySet, "4xx": ProblemDetails, "5xx": ProblemDetails },
      },
    },
    (_request, reply) => {
      reply.header("cache-control", "public, max-age=300");
      return keys.keySet();
    },
  );
}
