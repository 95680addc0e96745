import { type Sampler, SamplingDecision, type SamplingResult } from "@opentelemetry/sdk-trace";

/** Traces that are recorded at once after a pause, whatever the share: all of what one person does in a quiet shop. */
const BURST = 10;

/**
 * Records a share of the traces, by chance, and at least one a second: so the few requests of a quiet shop are all
 * seen, and many cost no more than their share.
 *
 * @param ratio Share of the traces, from 0 (none at all, not even one a second) to 1.
 * @param now Milliseconds of a clock that never goes back.
 * @param random A number from 0 to below 1.
 */
export function rootSampler(
  ratio: number,
  now: () => number = () => performance.now(),
  random: () => number = Math.random,
): Sampler {
  let tokens = BURST;
  let last = now();
  const isSpared = (): boolean => {
    const time = now();
    tokens = Math.min(BURST, tokens + (time - last) / 1000);
    last = time;
    if (tokens < 1) return false;
    tokens -= 1;
    return true;
  };
  const decide = (): boolean => ratio > 0 && (random() < ratio || isSpared());
  return {
    shouldSample: (): SamplingResult => ({
      decision: decide() ? SamplingDecision.RECORD_AND_SAMPLED : SamplingDecision.NOT_RECORD,
    }),
    toString: () => `RootSampler{${ratio}}`,
  };
}
