import type { FastifyRequest } from "fastify";
import type { Api } from "./api.ts";
import { traceparentOf, withSpan } from "./trace-context.ts";
import { failAs, judge, type Span, SpanKind, type Tracing } from "./tracing.ts";

/** Names the trace to whoever asked (W3C Trace Context, level 2). */
const TRACERESPONSE = "traceresponse";

const spans = new WeakMap<FastifyRequest, Span>();

/** Gives each request a span, which everything belongs to that is done for it. */
export function traceRequests(api: Api, tracing: Tracing): void {
  // Not earlier: the body's last byte comes by another way, which knows nothing of the request.
  api.addHook("preValidation", (request, reply, done) => {
    const { method, headers, routeOptions } = request;
    const { traceparent } = headers;
    const route = routeOptions.url ?? "unknown";
    const span = tracing.begin(
      `${method} ${route}`,
      typeof traceparent === "string" ? traceparent : undefined,
      {
        kind: SpanKind.SERVER,
        attributes: { "http.request.method": method, "http.route": route, "request.id": request.id },
        startTime: Date.now() - reply.elapsedTime,
      },
    );
    if (span !== undefined && tracing.isPublic)
      reply.header(TRACERESPONSE, traceparentOf(span.spanContext()));
    if (span?.isRecording()) {
      spans.set(request, span);
      reply.raw.once("close", () => endUnanswered(span));
    }
    withSpan(span, done);
  });
  api.addHook("onResponse", (request, reply, done) => {
    const span = spans.get(request);
    if (span !== undefined) {
      judge(span, reply.statusCode);
      span.end();
    }
    done();
  });
}

/** Whoever asked has gone before the answer came: just then people look for what took so long. */
function endUnanswered(span: Span): void {
  if (!span.isRecording()) return;
  failAs(span, "unanswered");
  span.end();
}

/** By what a bucket names a request that fell into it: its trace, where that is recorded. */
export function exemplarOf(request: FastifyRequest): { readonly trace_id?: string } {
  const span = spans.get(request);
  return span === undefined ? {} : { trace_id: span.spanContext().traceId };
}
