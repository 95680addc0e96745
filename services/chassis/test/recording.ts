import {
  AlwaysOnSampler,
  InMemorySpanExporter,
  ParentBasedSampler,
  type ReadableSpan,
  type Sampler,
  SimpleSpanProcessor,
  TracerProvider,
} from "@opentelemetry/sdk-trace";
import { type Tracing, tracingBy } from "../tracing.ts";

/** Tracing whose spans a test can look at. */
export interface Recording {
  readonly tracing: Tracing;
  /** Spans that have ended, the first one to end first. */
  spans(): ReadableSpan[];
}

/** Records spans in memory: all of them, unless a sampler says otherwise. */
export function recording({
  isPublic = false,
  root = new AlwaysOnSampler(),
}: {
  readonly isPublic?: boolean;
  readonly root?: Sampler;
} = {}): Recording {
  const exporter = new InMemorySpanExporter();
  const provider = new TracerProvider({
    sampler: new ParentBasedSampler({ root }),
    spanProcessors: [new SimpleSpanProcessor({ exporter })],
  });
  return {
    tracing: tracingBy(provider.getTracer("test"), isPublic),
    spans: () => exporter.getFinishedSpans(),
  };
}
