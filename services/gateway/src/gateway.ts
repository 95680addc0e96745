import { integer, type Service, type ServiceContext } from "../../chassis/index.ts";
import { gateway } from "../service.ts";
import { servePublicApi } from "./public-api.ts";
import { createRateLimiter } from "./rate-limit.ts";
import { openUpstream } from "./upstream.ts";

const settings = {
  /** Requests a second from one address in the long run. A shopper needs a handful; an office shares an address. */
  RATE_LIMIT_PER_SECOND: integer(1, 1_000_000, 100),
  /** Requests at once from one address after a pause. */
  RATE_LIMIT_BURST: integer(1, 1_000_000, 300),
};

function setup({ api, redis, metrics, urlOf, settings: values }: ServiceContext<typeof settings>): void {
  const retries = metrics.counter("gateway_retries_total", "Requests sent to a service again", ["service"]);
  const limited = metrics.counter("gateway_rate_limited_total", "Requests refused as too many");
  const uncounted = metrics.counter(
    "gateway_rate_limit_unavailable_total",
    "Requests allowed uncounted because Redis gave no answer",
  );
  const upstreamMetrics = {
    duration: metrics.callDuration,
    retried: (service: string) => retries.inc({ service }),
  };
  const services = gateway.calls
    .filter(({ routes }) => routes.length > 0)
    .map((service) => ({ service, upstream: openUpstream(service, urlOf(service), upstreamMetrics) }));
  const limit = { perSecond: values.RATE_LIMIT_PER_SECOND, burst: values.RATE_LIMIT_BURST };
  servePublicApi(api, {
    services,
    rateLimiter: createRateLimiter(redis, limit, () => uncounted.inc()),
    onLimited: () => limited.inc(),
  });
  api.addHook("onClose", async () => {
    await Promise.all(services.map(({ upstream }) => upstream.close()));
  });
}

/** The public door, ready to be run. */
export const gatewayService: Service<typeof settings> = {
  description: gateway,
  settings,
  migrations: undefined,
  setup,
};
