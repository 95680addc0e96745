import { trace } from "@opentelemetry/api";
import { spanContextOf, withSpan } from "../trace-context.ts";

/** Does something for what a `traceparent` header names, nothing of which is recorded here. */
export function inTrace<T>(traceparent: string, work: () => T): T {
  const context = spanContextOf(traceparent);
  return withSpan(context && trace.wrapSpanContext(context), work);
}
