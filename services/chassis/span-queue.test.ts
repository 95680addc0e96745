import { ExportResultCode } from "@opentelemetry/core";
import {
  InMemorySpanExporter,
  type ReadableSpan,
  type SpanExporter,
  TracerProvider,
} from "@opentelemetry/sdk-trace";
import { expect, test } from "vitest";
import { createMetrics } from "./metrics.ts";
import { spanQueue } from "./span-queue.ts";
import { silentLog } from "./test/running.ts";

function open(exporter: SpanExporter) {
  const metrics = createMetrics();
  const queue = spanQueue(exporter, silentLog, metrics);
  const tracer = new TracerProvider({ spanProcessors: [queue] }).getTracer("test");
  return {
    queue,
    end(count: number) {
      for (let number = 0; number < count; number++) tracer.startSpan("span").end();
    },
    counted: (name: string) => metrics.registry.getSingleMetricAsString(name),
  };
}

test("spans are sent in batches, and what waits is sent before the end", async () => {
  const sizes: number[] = [];
  class Store extends InMemorySpanExporter {
    override export(spans: ReadableSpan[], done: Parameters<InMemorySpanExporter["export"]>[1]): void {
      sizes.push(spans.length);
      super.export(spans, done);
    }
  }
  const { queue, end, counted } = open(new Store());
  end(1100);
  await queue.shutdown();
  expect(sizes).toEqual([512, 512, 76]);
  expect(await counted("trace_spans_sent_total")).toMatch(/ 1100$/);
});

test("a store that does not answer holds nobody up: what is too much for the queue is lost and counted", async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const { queue, end, counted } = open({
    export: (_spans, done) => void promise.then(() => done({ code: ExportResultCode.FAILED })),
    shutdown: async () => {},
  });
  end(512 + 4096 + 10);
  expect(await counted("trace_spans_dropped_total")).toContain('{reason="queue full"} 10');
  resolve();
  await queue.shutdown();
  expect(await counted("trace_spans_dropped_total")).toContain(`{reason="not taken"} ${512 + 4096}`);
});
