import { AsyncLocalStorage } from "node:async_hooks";
import { randomUUID } from "node:crypto";
import { type Span, type SpanContext, TraceFlags } from "@opentelemetry/api";

/** The header that joins what all services do for one request (W3C Trace Context). */
export const TRACEPARENT = "traceparent";

/** Version 00 as it is; a later one must begin the same way. All zeroes are no id. */
const VALID = /^(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(?:-[\x21-\x7e]*)?$/;
const MAX_LENGTH = 256;

/** Whether a `traceparent` header can be understood; one that cannot is as good as none. */
export const isTraceparent = (value: string | undefined): value is string =>
  value !== undefined &&
  value.length <= MAX_LENGTH &&
  VALID.test(value) &&
  // Version 00 has nothing after its flags.
  (value.length === 55 || !value.startsWith("00"));

/** The span that a `traceparent` header names; undefined where it names none. */
export function spanContextOf(traceparent: string | undefined): SpanContext | undefined {
  if (!isTraceparent(traceparent)) return undefined;
  return {
    traceId: traceparent.slice(3, 35),
    spanId: traceparent.slice(36, 52),
    traceFlags: Number.parseInt(traceparent.slice(53, 55), 16) & TraceFlags.SAMPLED,
    isRemote: true,
  };
}

/** The header that names a span. */
export const traceparentOf = ({ traceId, spanId, traceFlags }: SpanContext): string =>
  `00-${traceId}-${spanId}-0${traceFlags & TraceFlags.SAMPLED}`;

/** The beginning of a trace; nobody has recorded anything of it yet. */
export function newSpanContext(): SpanContext {
  // UUIDs come from a store of random bytes, which makes them five times cheaper than bytes by themselves.
  const ids = (randomUUID() + randomUUID()).replaceAll("-", "");
  return { traceId: ids.slice(0, 32), spanId: ids.slice(32, 48), traceFlags: TraceFlags.NONE };
}

const current = new AsyncLocalStorage<Span>();

/** Does something for a span: what it calls and logs belongs to it. Without one, it belongs to what is worked on. */
export const withSpan = <T>(span: Span | undefined, work: () => T): T =>
  span === undefined ? work() : current.run(span, work);

/** The span that is being worked on, if there is one. */
export const currentSpan = (): Span | undefined => current.getStore();

/** `traceparent` of what is being worked on, if it belongs to a trace. */
export function currentTraceparent(): string | undefined {
  const span = current.getStore();
  return span && traceparentOf(span.spanContext());
}

/** What a log line says of the request that it was written for, so that the lines of all services join. */
export function traceFields(): { readonly traceId?: string } {
  const span = current.getStore();
  return span === undefined ? {} : { traceId: span.spanContext().traceId };
}
