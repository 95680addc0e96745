import { randomUUID } from "node:crypto";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { TypeBoxTypeProvider } from "@fastify/type-provider-typebox";
import {
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  fastify,
  LogController,
} from "fastify";
import { type Requester, requesterOf } from "./caller.ts";
import { answerClientError, refusal } from "./client-error.ts";
import { isDatabaseAway } from "./database-errors.ts";
import type { StoredResponse } from "./idempotency.ts";
import type { Logger } from "./log.ts";
import { loggedUrl } from "./logged-url.ts";
import type { Metrics } from "./metrics.ts";
import { aboutOrder, orderOfRequest } from "./order-context.ts";
import { PROBLEM_JSON, Problem, unavailable } from "./problem.ts";
import { exemplarOf, traceRequests } from "./request-span.ts";
import { REFUSALS, securityEvents } from "./security-events.ts";
import { NO_TRACING, type Tracing } from "./tracing.ts";
import { fieldErrors, typeBoxCompiler } from "./validation.ts";

/** A Fastify server whose handlers get their types from TypeBox schemas. */
export type Api = FastifyInstance<Server, IncomingMessage, ServerResponse, Logger, TypeBoxTypeProvider>;

/** Largest request body in bytes; an order of the most lines stays well below. */
const BODY_LIMIT = 64 * 1024;
const REQUEST_ID = /^[\w.:-]{8,128}$/;

/**
 * Makes the HTTP server of a service's API: TypeBox validation, problem+json for every error, request ids that
 * come in and go out as `x-request-id`, and the duration of each request as a metric.
 *
 * Requests are not logged one by one: metrics count them, and what fails is logged with its request id.
 * So is what is refused for security's sake.
 *
 * @param requester Who sends a request. Default: what the gateway says.
 * @param tracing Default: traces are passed on, and nothing of them is recorded.
 */
export function createApi(
  log: Logger,
  metrics: Metrics,
  requester: (request: FastifyRequest) => Requester = requesterOf,
  tracing: Tracing = NO_TRACING,
): Api {
  const tell = securityEvents(log, metrics, REFUSALS);
  const api: Api = fastify({
    loggerInstance: log,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: BODY_LIMIT,
    requestTimeout: 30_000,
    // Longer than the idle time of clients and proxies, so that they close first and no request meets a closed door.
    keepAliveTimeout: 75_000,
    // Connections end now and then, so that new replicas get their share of them.
    maxRequestsPerSocket: 1000,
    forceCloseConnections: "idle",
    return503OnClosing: false,
    // One logger for all requests: making one for each costs more than it tells. Problems are logged with their id.
    childLoggerFactory: (logger) => logger,
    routerOptions: { maxParamLength: 256 },
    clientErrorHandler: answerClientError,
    frameworkErrors: (error, request, reply) => void sendProblem(asProblem(error), request, reply),
    genReqId(request) {
      const given = request.headers["x-request-id"];
      return typeof given === "string" && REQUEST_ID.test(given) ? given : randomUUID();
    },
  }).withTypeProvider<TypeBoxTypeProvider>();
  api.setValidatorCompiler(typeBoxCompiler);
  api.addHook("onRequest", (request, reply, done) => {
    reply.header("x-request-id", request.id);
    done();
  });
  traceRequests(api, tracing);
  // Not earlier: the body is read by now.
  api.addHook("preHandler", (request, _reply, done) => aboutOrder(orderOfRequest(request), done));
  api.addHook("onResponse", (request, reply, done) => {
    metrics.httpDuration.observe({
      labels: {
        method: request.method,
        route: request.routeOptions.url ?? "unknown",
        status: String(reply.statusCode),
      },
      value: reply.elapsedTime / 1000,
      exemplarLabels: exemplarOf(request),
    });
    done();
  });
  api.setErrorHandler<Error>((error, request, reply) => {
    const problem = asProblem(error);
    if (problem.security !== undefined) {
      tell(problem.security, {
        ...requester(request),
        requestId: request.id,
        method: request.method,
        url: loggedUrl(request.url),
        reason: problem.message,
      });
    }
    return sendProblem(problem, request, reply);
  });
  api.setNotFoundHandler((request, reply) =>
    sendProblem(
      new Problem({
        status: 404,
        slug: "unknown-route",
        title: "Unknown route",
        detail: `There is no ${request.method} ${request.url.split("?", 1)[0]}`,
      }),
      request,
      reply,
    ),
  );
  return api;
}

/** Answers a request with a problem; what is the server's own fault is logged. */
export function sendProblem(problem: Problem, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  if (problem.status >= 500) {
    const level = problem.status === 503 ? "warn" : "error";
    request.log[level](
      { err: problem.cause ?? problem, requestId: request.id, url: loggedUrl(request.url) },
      problem.message,
    );
  }
  if (problem.retryAfterSeconds !== undefined) reply.header("retry-after", String(problem.retryAfterSeconds));
  // A 401 without it is not allowed (RFC 9110); a problem may say more.
  if (problem.status === 401) reply.header("www-authenticate", "Bearer");
  return reply
    .code(problem.status)
    .headers(problem.headers)
    .header("content-type", PROBLEM_JSON)
    .send(JSON.stringify({ ...problem.toJSON(), instance: request.id }));
}

/** Sends an answer that was stored before, to the letter. */
export const sendStored = (reply: FastifyReply, { status, body }: StoredResponse): FastifyReply =>
  reply
    .code(status)
    .header("content-type", status < 400 ? "application/json; charset=utf-8" : PROBLEM_JSON)
    .send(body);

/** The problem that an error is to the caller; nothing of an unexpected error leaks out. */
export function asProblem(error: Error): Problem {
  if (error instanceof Problem) return error;
  if (isDatabaseAway(error)) return unavailable("The database", error);
  if ("validation" in error && Array.isArray(error.validation)) {
    const part =
      "validationContext" in error && typeof error.validationContext === "string"
        ? error.validationContext
        : "body";
    const errors = fieldErrors(part, error.validation);
    const first = errors[0];
    return new Problem({
      status: 400,
      slug: "invalid-request",
      title: "Invalid request",
      detail: first && `${part} ${first.pointer}: ${first.detail}`,
      extensions: { errors },
    });
  }
  const status = "statusCode" in error && typeof error.statusCode === "number" ? error.statusCode : 500;
  if (status >= 400 && status < 500) return refusal(status, error.message);
  return new Problem({
    status: 500,
    slug: "internal",
    title: "Internal error",
    detail: "The service failed to answer; its logs tell why by the request id in `instance`",
    cause: error,
  });
}
