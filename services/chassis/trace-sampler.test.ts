import { ROOT_CONTEXT, SpanKind } from "@opentelemetry/api";
import { type Sampler, SamplingDecision } from "@opentelemetry/sdk-trace";
import fc from "fast-check";
import { expect, test } from "vitest";
import { rootSampler } from "./trace-sampler.ts";

const isRecorded = (sampler: Sampler): boolean =>
  sampler.shouldSample(ROOT_CONTEXT, "1".repeat(32), "GET /", SpanKind.SERVER, {}, []).decision ===
  SamplingDecision.RECORD_AND_SAMPLED;

test("of what comes when nobody is lucky, ten at once and one a second are recorded, and no more", () => {
  const gaps = fc.array(fc.nat({ max: 5000 }), { maxLength: 200 });
  fc.assert(
    fc.property(gaps, (milliseconds) => {
      let now = 0;
      const sampler = rootSampler(
        0.5,
        () => now,
        () => 0.9,
      );
      let recorded = 0;
      for (const gap of milliseconds) {
        now += gap;
        const given = isRecorded(sampler);
        if (given) recorded += 1;
        // After so long a pause there is something to spare for certain.
        if (gap >= 1000) expect(given).toBe(true);
      }
      expect(recorded).toBeLessThanOrEqual(10 + now / 1000);
      expect(recorded).toBeGreaterThanOrEqual(Math.min(10, milliseconds.length));
    }),
  );
});

test("a share of 0 records nothing at all, a share of 1 everything", () => {
  const still = () => 0;
  for (const [ratio, expected] of [
    [0, 0],
    [1, 100],
  ] as const) {
    const sampler = rootSampler(ratio, still);
    expect(Array.from({ length: 100 }, () => isRecorded(sampler)).filter(Boolean)).toHaveLength(expected);
  }
});
