import { ExportResultCode } from "@opentelemetry/core";
import type { ReadableSpan, SpanExporter, SpanProcessor } from "@opentelemetry/sdk-trace";
import type { Logger } from "./log.ts";
import type { Metrics } from "./metrics.ts";

/** Spans that wait at the most; one that comes when there are so many is lost. */
const LIMIT = 4096;
/** Spans that are sent together at the most. */
const BATCH = 512;
/** Spans wait so long for others, in milliseconds. */
const LINGER = 1000;

/**
 * Sends spans in the background. A store that is slow or away costs spans, which are counted, and never a request's
 * time: nobody waits for it, and what is kept for it has its limit.
 */
export function spanQueue(exporter: SpanExporter, log: Logger, metrics: Metrics): SpanProcessor {
  const sent = metrics.counter("trace_spans_sent_total", "Spans that the store of traces has taken");
  const dropped = metrics.counter("trace_spans_dropped_total", "Spans that were lost", ["reason"]);
  let waiting: ReadableSpan[] = [];
  let sending: Promise<void> | undefined;
  let isAway = false;

  /** @returns Whether they were taken. */
  const send = async (batch: ReadableSpan[]): Promise<boolean> => {
    const { promise, resolve } = Promise.withResolvers<{ code: ExportResultCode; error?: Error }>();
    exporter.export(batch, resolve);
    const { code, error } = await promise;
    if (code === ExportResultCode.SUCCESS) {
      sent.inc(batch.length);
      if (isAway) log.info("traces are sent again");
      isAway = false;
      return true;
    }
    dropped.inc({ reason: "not taken" }, batch.length);
    if (!isAway) log.warn({ err: error }, "traces cannot be sent; spans are lost until they can");
    isAway = true;
    return false;
  };
  const sendAll = async (): Promise<void> => {
    while (waiting.length > 0 && (await send(waiting.splice(0, BATCH))));
  };
  const flush = (): Promise<void> => {
    sending ??= sendAll().finally(() => {
      sending = undefined;
    });
    return sending;
  };
  const timer = setInterval(flush, LINGER);
  timer.unref();

  return {
    onStart() {},
    onEnd(span) {
      if (waiting.length >= LIMIT) dropped.inc({ reason: "queue full" });
      else waiting.push(span);
      if (waiting.length >= BATCH) void flush();
    },
    forceFlush: flush,
    async shutdown() {
      clearInterval(timer);
      await flush();
      dropped.inc({ reason: "not taken" }, waiting.length);
      waiting = [];
      await exporter.shutdown();
    },
  };
}
