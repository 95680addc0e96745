import {
  type Attributes,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  type TimeInput,
  type Tracer,
  trace,
} from "@opentelemetry/api";
import type { ServiceDescription } from "../description.ts";
import type { Logger } from "./log.ts";
import type { Metrics } from "./metrics.ts";
import { readSettings, type Setting } from "./settings.ts";
import {
  currentSpan,
  currentTraceparent,
  newSpanContext,
  spanContextOf,
  TRACEPARENT,
  withSpan,
} from "./trace-context.ts";

export { type Span, SpanKind } from "@opentelemetry/api";

/** What is known of a span when it begins. */
export interface SpanOptions {
  readonly kind: SpanKind;
  readonly attributes?: Attributes;
  /** Default: now. */
  readonly startTime?: TimeInput;
}

/** Records what a service does for the requests and events that come to it. */
export interface Tracing {
  /** Whether everybody can send requests here: then their word on what is recorded does not count. */
  readonly isPublic: boolean;
  /**
   * Begins the span of something that came from outside.
   *
   * @param name The same for many, such as `GET /orders/:id`.
   * @param traceparent What it says it belongs to. What belongs to nothing begins a trace of its own.
   * @returns The span, which somebody has to end; undefined where there is nothing that logs and calls could join.
   */
  begin(name: string, traceparent: string | undefined, options: SpanOptions): Span | undefined;
  /** Sends what is recorded and not yet sent. */
  close(): Promise<void>;
}

/**
 * Begins spans by a tracer.
 *
 * @param tracer Undefined where nothing is recorded: ids are passed on all the same, and begun at the public door.
 */
export function tracingBy(
  tracer: Tracer | undefined,
  isPublic: boolean,
  close: () => Promise<void> = async () => {},
): Tracing {
  return {
    isPublic,
    close,
    begin(name, traceparent, { kind, attributes, startTime }) {
      const parent = spanContextOf(traceparent);
      const isDecided = parent !== undefined && !isPublic;
      if (tracer === undefined || (isDecided && parent.traceFlags === 0)) {
        const context = parent ?? (isPublic ? newSpanContext() : undefined);
        return context && trace.wrapSpanContext(context);
      }
      const context =
        parent === undefined ? ROOT_CONTEXT : trace.setSpan(ROOT_CONTEXT, trace.wrapSpanContext(parent));
      const span = tracer.startSpan(
        name,
        {
          kind,
          ...(attributes === undefined ? {} : { attributes }),
          ...(startTime === undefined ? {} : { startTime }),
        },
        context,
      );
      if (span.isRecording()) tracers.set(span, tracer);
      return span;
    },
  };
}

/**
 * Does what an event or an earlier request asked for, with a span in the trace of that one.
 *
 * @param name The same for many, such as `process order.paid.v1`.
 * @param traceparent What it belongs to, as it was kept.
 */
export const within = <T>(
  tracing: Tracing,
  name: string,
  traceparent: string | undefined,
  options: SpanOptions,
  work: () => Promise<T>,
): Promise<T> => ended(tracing.begin(name, traceparent, options), work);

/** Passes on the ids of traces that others record, and records none. */
export const NO_TRACING = tracingBy(undefined, false);

/** What began a span begins the spans within it. */
const tracers = new WeakMap<Span, Tracer>();

/**
 * Does something that is worth a span of its own within what is being worked on. Where that is not recorded, it costs
 * next to nothing.
 *
 * @param name The same for many, such as the name of a statement.
 * @param attributes Asked for only where they are recorded.
 */
export function inSpan<T>(
  name: string,
  attributes: () => Attributes,
  work: (span: Span | undefined) => Promise<T>,
): Promise<T> {
  const parent = currentSpan();
  const tracer = parent && tracers.get(parent);
  if (parent === undefined || tracer === undefined) return work(undefined);
  const options = { kind: SpanKind.CLIENT, attributes: attributes() };
  const span = tracer.startSpan(name, options, trace.setSpan(ROOT_CONTEXT, parent));
  tracers.set(span, tracer);
  return ended(span, () => work(span));
}

/** Does something for a span, which ends with it. */
async function ended<T>(span: Span | undefined, work: () => Promise<T>): Promise<T> {
  try {
    return await withSpan(span, work);
  } catch (error) {
    if (span !== undefined) fail(span, error);
    throw error;
  } finally {
    span?.end();
  }
}

/**
 * Calls another service, with a span where that is recorded.
 *
 * @param work Sends these headers along, by which what the service does belongs to the same trace.
 */
export const inCall = <T extends { readonly status: number }>(
  method: string,
  service: string,
  work: (headers: Readonly<Record<string, string>>) => Promise<T>,
): Promise<T> =>
  inSpan(
    `${method} ${service}`,
    () => ({ "http.request.method": method, "peer.service": service }),
    async (span) => {
      const traceparent = currentTraceparent();
      const answer = await work(traceparent === undefined ? {} : { [TRACEPARENT]: traceparent });
      if (span !== undefined) judge(span, answer.status);
      return answer;
    },
  );

/** Says how a request was answered; only a server's own fault is an error. */
export function judge(span: Span, status: number): void {
  span.setAttribute("http.response.status_code", status);
  if (status >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
}

/** Says that what a span stands for has failed. Its message stays out: it may tell of people. */
export const fail = (span: Span, error: unknown): void => failAs(span, kindOf(error));

/** As {@link fail}, where there is no error but a word for what went wrong. */
export function failAs(span: Span, kind: string): void {
  span.setAttribute("error.type", kind);
  span.setStatus({ code: SpanStatusCode.ERROR });
}

function kindOf(error: unknown): string {
  if (!(error instanceof Error)) return "unknown";
  return "code" in error && typeof error.code === "string" ? error.code : error.name;
}

/** What spans tell of an event: not what is in it, but which thing it happened to, by which traces are found. */
export const messageAttributes = (routingKey: string, id: string, aggregateId: string): Attributes => ({
  "messaging.system": "rabbitmq",
  "messaging.destination.name": routingKey,
  "messaging.message.id": id,
  "messaging.message.conversation_id": aggregateId,
});

/** Where spans are sent, and how many traces are recorded; named as every program with OpenTelemetry names them. */
const SETTINGS = {
  OTEL_EXPORTER_OTLP_ENDPOINT: endpoint(),
  OTEL_TRACES_SAMPLER_ARG: share(0.05),
};

/**
 * Opens what records a service's spans, as its environment says. Where it names no endpoint, nothing is recorded and
 * OpenTelemetry's machinery is not even loaded.
 */
export async function openTracing(
  description: ServiceDescription,
  environment: NodeJS.ProcessEnv,
  log: Logger,
  metrics: Metrics,
): Promise<Tracing> {
  const settings = readSettings(SETTINGS, environment);
  const isPublic = description.public !== undefined;
  if (settings.OTEL_EXPORTER_OTLP_ENDPOINT === undefined) return tracingBy(undefined, isPublic);
  const { openRecorder } = await import("./trace-recorder.ts");
  const { SERVICE_VERSION: version = "dev", POD_NAME: pod = "local" } = environment;
  const recorder = openRecorder(
    {
      service: { name: description.name, version, pod },
      endpoint: settings.OTEL_EXPORTER_OTLP_ENDPOINT,
      ratio: settings.OTEL_TRACES_SAMPLER_ARG,
      trustsParents: !isPublic,
    },
    log,
    metrics,
  );
  return tracingBy(recorder.tracer, isPublic, recorder.close);
}

/** An OTLP receiver by HTTP, such as `http://jaeger:4318`; not set where nothing is recorded. */
function endpoint(): Setting<string | undefined> {
  return {
    parse(text) {
      if (URL.canParse(text) && /^https?:\/\//.test(text)) return text;
      throw new Error("must be the URL of an OTLP receiver, such as http://jaeger:4318");
    },
    fallback: undefined,
  };
}

/** A part of a whole, from 0 to 1. */
function share(fallback: number): Setting<number> {
  return {
    parse(text) {
      const number = Number(text);
      if (text.trim() === "" || !(number >= 0 && number <= 1))
        throw new Error("must be a number from 0 to 1");
      return number;
    },
    fallback,
  };
}
