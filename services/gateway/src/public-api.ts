import type { FastifyReply, FastifyRequest } from "fastify";
import type { Dispatcher } from "undici";
import { type Api, sendProblem } from "../../chassis/index.ts";
import type { ServiceDescription } from "../../description.ts";
import { type Admission, admit } from "./admission.ts";
import { requestAddress } from "./caller-address.ts";
import { type AllowedOrigins, allowOrigins } from "./cors.ts";
import { ExchangeError } from "./exchange.ts";
import { frontPage } from "./front-page.ts";
import { requestHeaders, responseHeaders, SECURITY_HEADERS } from "./headers.ts";
import { forwardedPath, PUBLIC_PREFIX } from "./path.ts";
import { unknownRoute, upstreamProblem, wordlessFailure } from "./problems.ts";
import { type Patience, SelfDescriptions } from "./self-descriptions.ts";
import type { Upstream } from "./upstream.ts";

/** A service and the connections to it. */
export interface RoutedService {
  readonly service: ServiceDescription;
  readonly upstream: Upstream;
}

/** What the public API works with. */
export interface PublicApiParts {
  readonly services: readonly RoutedService[];
  readonly admission: Admission;
  readonly origins: AllowedOrigins;
  readonly patience?: Patience;
}

const METHODS: Dispatcher.HttpMethod[] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"];
const REPEATABLE: ReadonlySet<string> = new Set(["GET", "HEAD", "PUT", "DELETE"]);
/** What only asks, and is a POST because the question needs a body. */
const QUESTIONS: ReadonlySet<string> = new Set(["/orders/quotes"]);

/**
 * Makes an API the public face of services: every declared prefix of theirs answers under `/api`, and nothing else.
 *
 * @param api An API without routes.
 */
export function servePublicApi(api: Api, { services, admission, origins, patience }: PublicApiParts): void {
  // Bodies go through as they are; the service that knows their schema reads them.
  api.removeAllContentTypeParsers();
  api.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) => done(null, body));
  api.addHook("onRequest", (_request, reply, done) => {
    reply.headers(SECURITY_HEADERS);
    done();
  });
  allowOrigins(api, origins);
  frontPage(
    api,
    services.map(({ service }) => service),
    new SelfDescriptions(services, patience),
  );
  for (const { service, upstream } of services) {
    for (const prefix of service.routes) {
      const handler = forwarder(service, upstream, prefix, admission);
      for (const url of [PUBLIC_PREFIX + prefix, `${PUBLIC_PREFIX}${prefix}/*`]) {
        api.route({ method: METHODS, url, exposeHeadRoute: false, handler });
      }
    }
  }
}

const forwarder =
  (service: ServiceDescription, upstream: Upstream, prefix: string, admission: Admission) =>
  async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const { method } = request;
    const url = request.raw.url ?? "";
    const path = forwardedPath(url, prefix);
    if (path === undefined) return sendProblem(unknownRoute(method, url), request, reply);

    const address = requestAddress(request);
    const repeatable =
      REPEATABLE.has(method) ||
      request.headers["idempotency-key"] !== undefined ||
      (method === "POST" && QUESTIONS.has(path));
    const { authorization } = request.headers;
    const caller = await admit(admission, { method, path, address, authorization });
    const outgoing = {
      method: method as Dispatcher.HttpMethod,
      path,
      headers: requestHeaders(request.headers, {
        requestId: request.id,
        address,
        host: request.headers.host ?? "",
        protocol: single(request.headers["x-forwarded-proto"]) === "https" ? "https" : "http",
        caller,
      }),
      body: Buffer.isBuffer(request.body) ? request.body : null,
    };
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
