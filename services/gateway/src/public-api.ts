import type { FastifyReply, FastifyRequest } from "fastify";
import type { Dispatcher } from "undici";
import { type Api, sendProblem } from "../../chassis/api.ts";
import { limitedUnit } from "../../chassis/limited-unit.ts";
import type { ServiceDescription } from "../../description.ts";
import { callerAddress } from "./caller-address.ts";
import { ExchangeError } from "./exchange.ts";
import { frontPage } from "./front-page.ts";
import { requestHeaders, responseHeaders, SECURITY_HEADERS } from "./headers.ts";
import { forwardedPath, PUBLIC_PREFIX } from "./path.ts";
import { tooManyRequests, unknownRoute, upstreamProblem, wordlessFailure } from "./problems.ts";
import type { RateLimiter } from "./rate-limit.ts";
import type { Upstream } from "./upstream.ts";

/** A service and the connections to it. */
export interface RoutedService {
  readonly service: ServiceDescription;
  readonly upstream: Upstream;
}

/** What the public API works with. */
export interface PublicApiParts {
  readonly services: readonly RoutedService[];
  readonly rateLimiter: RateLimiter;
  /** Called for each request that is refused because its caller sent too many. */
  readonly onLimited: () => void;
}

const METHODS: Dispatcher.HttpMethod[] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"];
const REPEATABLE: ReadonlySet<string> = new Set(["GET", "HEAD", "PUT", "DELETE"]);

/**
 * Makes an API the public face of services: every declared prefix of theirs answers under `/api`, and nothing else.
 *
 * @param api An API without routes.
 */
export function servePublicApi(api: Api, { services, rateLimiter, onLimited }: PublicApiParts): void {
  // Bodies go through as they are; the service that knows their schema reads them.
  api.removeAllContentTypeParsers();
  api.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) => done(null, body));
  api.addHook("onRequest", (_request, reply, done) => {
    reply.headers(SECURITY_HEADERS);
    done();
  });
  frontPage(
    api,
    services.map(({ service }) => service),
  );
  for (const { service, upstream } of services) {
    for (const prefix of service.routes) {
      const handler = forwarder(service, upstream, prefix, rateLimiter, onLimited);
      for (const url of [PUBLIC_PREFIX + prefix, `${PUBLIC_PREFIX}${prefix}/*`]) {
        api.route({ method: METHODS, url, exposeHeadRoute: false, handler });
      }
    }
  }
}

const forwarder =
  (
    service: ServiceDescription,
    upstream: Upstream,
    prefix: string,
    rateLimiter: RateLimiter,
    onLimited: () => void,
  ) =>
  async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const url = request.raw.url ?? "";
    const path = forwardedPath(url, prefix);
    if (path === undefined) return sendProblem(unknownRoute(request.method, url), request, reply);

    const address = callerAddress(single(request.headers["x-forwarded-for"]), request.socket.remoteAddress);
    const waitMs = await rateLimiter(limitedUnit(address));
    if (waitMs > 0) {
      onLimited();
      return sendProblem(tooManyRequests(waitMs), request, reply);
    }

    const { method } = request;
    const outgoing = {
      method: method as Dispatcher.HttpMethod,
      path,
      headers: requestHeaders(request.headers, {
        requestId: request.id,
        address,
        host: request.headers.host ?? "",
        protocol: single(request.headers["x-forwarded-proto"]) === "https" ? "https" : "http",
      }),
      body: Buffer.isBuffer(request.body) ? request.body : null,
    };
    const repeatable = REPEATABLE.has(method) || request.headers["idempotency-key"] !== undefined;
    try {
      const answer = await upstream.send(outgoing, repeatable);
      const failure = wordlessFailure(service.name, answer);
      if (failure !== undefined) return sendProblem(failure, request, reply);
      reply.code(answer.status).headers(responseHeaders(answer.headers, method === "HEAD"));
      return reply.send(answer.body.length > 0 ? answer.body : undefined);
    } catch (error) {
      if (!(error instanceof ExchangeError)) throw error;
      const { kind, cause } = error;
      const problem = upstreamProblem(service.name, kind, repeatable, upstream.retryAfterSeconds(), cause);
      return sendProblem(problem, request, reply);
    }
  };

const single = (value: string | string[] | undefined) => (Array.isArray(value) ? value.join(",") : value);
