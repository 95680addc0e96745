import { account } from "../../account/service.ts";
import {
  createAccessTokenVerifier,
  createRateLimiter,
  integer,
  type Service,
  type ServiceContext,
} from "../../chassis/index.ts";
import { JWKS_PATH } from "../../contracts/account-api.ts";
import { gateway } from "../service.ts";
import { createAuthenticator } from "./authentication.ts";
import { requestAddress } from "./caller-address.ts";
import { origins } from "./cors.ts";
import { servePublicApi } from "./public-api.ts";
import { openUpstream, type Upstream } from "./upstream.ts";

const settings = {
  /** Requests a second from one address in the long run. A shopper needs a handful; an office shares an address. */
  RATE_LIMIT_PER_SECOND: integer(1, 1_000_000, 100),
  /** Requests at once from one address after a pause. */
  RATE_LIMIT_BURST: integer(1, 1_000_000, 300),
  /** Requests a second of one account, wherever they come from. */
  ACCOUNT_RATE_LIMIT_PER_SECOND: integer(1, 1_000_000, 50),
  ACCOUNT_RATE_LIMIT_BURST: integer(1, 1_000_000, 200),
  /** Logins, registrations and password resets a minute from one address. */
  CREDENTIALS_RATE_LIMIT_PER_MINUTE: integer(1, 1_000_000, 30),
  CREDENTIALS_RATE_LIMIT_BURST: integer(1, 1_000_000, 30),
  /** New orders a second of one account, or from one address without one. */
  ORDER_RATE_LIMIT_PER_SECOND: integer(1, 1_000_000, 10),
  ORDER_RATE_LIMIT_BURST: integer(1, 1_000_000, 100),
  /** Other sites whose pages may call the API, such as `https://shop.example`. */
  CORS_ORIGINS: origins(),
};

/** The keys of access tokens come from memory within milliseconds; a request does not wait longer for them. */
const KEYS_TIMEOUT_MS = 2000;

function setup({ api, redis, metrics, urlOf, settings: values }: ServiceContext<typeof settings>): void {
  const retries = metrics.counter("gateway_retries_total", "Requests sent to a service again", ["service"]);
  const turnedAway = metrics.counter(
    "gateway_turned_away_total",
    "Requests refused because a service had too many waiting",
    ["service"],
  );
  const limited = metrics.counter("gateway_rate_limited_total", "Requests refused as too many", ["limit"]);
  const uncounted = metrics.counter(
    "gateway_rate_limit_unavailable_total",
    "Requests allowed uncounted because Redis gave no answer",
  );
  const upstreamMetrics = {
    duration: metrics.callDuration,
    retried: (service: string) => retries.inc({ service }),
    turnedAway: (service: string) => turnedAway.inc({ service }),
  };
  const services = gateway.calls
    .filter(({ routes }) => routes.length > 0)
    .map((service) => ({ service, upstream: openUpstream(service, urlOf(service), upstreamMetrics) }));
  // Apart from the connections for logins and the like: a flood of those must not keep tokens from being verified.
  const keys = openUpstream(account, urlOf(account), upstreamMetrics, KEYS_TIMEOUT_MS);
  servePublicApi(api, {
    services,
    origins: values.CORS_ORIGINS,
    admission: {
      limits: {
        address: {
          name: "address",
          perSecond: values.RATE_LIMIT_PER_SECOND,
          burst: values.RATE_LIMIT_BURST,
        },
        account: {
          name: "account",
          perSecond: values.ACCOUNT_RATE_LIMIT_PER_SECOND,
          burst: values.ACCOUNT_RATE_LIMIT_BURST,
        },
        credentials: {
          name: "credentials",
          perSecond: values.CREDENTIALS_RATE_LIMIT_PER_MINUTE / 60,
          burst: values.CREDENTIALS_RATE_LIMIT_BURST,
        },
        orders: {
          name: "orders",
          perSecond: values.ORDER_RATE_LIMIT_PER_SECOND,
          burst: values.ORDER_RATE_LIMIT_BURST,
        },
      },
      rateLimiter: createRateLimiter(redis, () => uncounted.inc()),
      authenticator: createAuthenticator(createAccessTokenVerifier({ fetchKeys: () => fetchKeys(keys) })),
      onLimited: (limit) => limited.inc({ limit }),
    },
  });
  api.addHook("onClose", async () => {
    await Promise.all(
      [keys, ...services.map(({ upstream }) => upstream)].map((upstream) => upstream.close()),
    );
  });
}

/** Asks for the keys of access tokens; the verifier judges what comes. */
async function fetchKeys(upstream: Upstream): Promise<unknown> {
  const request = { method: "GET", path: JWKS_PATH, headers: {}, body: null } as const;
  const { status, body } = await upstream.send(request, true);
  if (status !== 200) throw new Error(`the account service answered ${status}`);
  return JSON.parse(body.toString());
}

/** The public door, ready to be run. */
export const gatewayService: Service<typeof settings> = {
  description: gateway,
  settings,
  migrations: undefined,
  // What a request itself says of its caller is nobody's word.
  requester: (request) => ({ address: requestAddress(request) }),
  setup,
};
