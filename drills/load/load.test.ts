import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { arrivalsOf, arriveAt, type Sample, startLoad } from "./arrivals.ts";
import { seededRandom } from "./random.ts";
import { schedule } from "./schedule.ts";
import { longestGap, percentile, secondsToRecovery, timeline } from "./statistics.ts";
import { isFailure, outcomeOf } from "./traffic.ts";
import { underLoad } from "./under-load.ts";

const sample = (due: number, latency: number, outcome = "order 201"): Sample => ({ due, latency, outcome });

describe("a load", () => {
  test("is off as soon as it is interrupted, also while something is waited for", async () => {
    const interruption = new AbortController();
    let sent = 0;
    let sentAfterwards = -1;
    const send = async () => {
      sent += 1;
      return "order 201";
    };
    const load = underLoad(1000, send, interruption.signal, async ({ until, answered }) => {
      while (answered() === 0) await new Promise((resolve) => setTimeout(resolve, 1));
      interruption.abort(new Error("Ctrl-C"));
      const before = sent;
      await new Promise((resolve) => setTimeout(resolve, 20));
      sentAfterwards = sent - before;
      await until(60);
    });
    await expect(load).rejects.toThrow("Ctrl-C");
    expect(sentAfterwards).toBe(0);
  });

  test("sends each request once, and tells how each ended", async () => {
    const sent: number[] = [];
    const load = await arriveAt(2000, 0.02, async (index) => {
      sent.push(index);
      if (index === 3) throw new TypeError("reset");
      return "200";
    });
    expect(sent).toEqual(Array.from({ length: 40 }, (_, index) => index));
    expect(load.outcomes).toEqual(
      new Map([
        ["200", 39],
        ["TypeError", 1],
      ]),
    );
    expect(load.samples).toHaveLength(40);
  });

  test("counts from when a request was due: a stall is seen by all that it delayed", async () => {
    let stalled = false;
    const load = await arriveAt(1000, 0.02, async () => {
      if (!stalled) {
        stalled = true;
        const until = performance.now() + 40;
        while (performance.now() < until);
      }
      return "200";
    });
    // All twenty were due within 20 ms; the first one held the process for 40.
    expect(load.samples.filter(({ latency }) => latency >= 20)).toHaveLength(20);
  });

  test("that is stopped sends no more and waits for its answers", async () => {
    let answer = () => {};
    const load = startLoad(
      1000,
      () =>
        new Promise((resolve) => {
          answer = () => resolve("200");
        }),
      1,
    );
    expect(load.answered()).toBe(0);
    const stopped = load.stop();
    answer();
    expect((await stopped).samples).toHaveLength(1);
  });
});

describe("statistics", () => {
  test("percentiles of sorted values; none of nothing", () => {
    const values = Array.from({ length: 100 }, (_, index) => index + 1);
    expect([percentile(values, 0.5), percentile(values, 0.99), percentile(values, 1)]).toEqual([
      51, 100, 100,
    ]);
    expect(percentile([], 0.5)).toBeNaN();
  });

  test("a timeline holds every sample once", () => {
    const times = fc.array(fc.tuple(fc.nat(20_000), fc.nat(3000), fc.boolean()), { maxLength: 60 });
    fc.assert(
      fc.property(times, (given) => {
        const samples = given.map(([due, latency, ok]) =>
          sample(due, latency, ok ? "order 201" : "order 503"),
        );
        const intervals = timeline(samples, isFailure);
        const sum = (key: "requests" | "failed") =>
          intervals.reduce((total, interval) => total + interval[key], 0);
        expect(sum("requests")).toBe(samples.length);
        expect(sum("failed")).toBe(given.filter(([, , ok]) => !ok).length);
        expect(intervals.map(({ at }) => at)).toEqual(
          [...new Set(intervals.map(({ at }) => at))].sort((a, b) => a - b),
        );
        for (const { p50, p99 } of intervals) expect(p99).toBeGreaterThanOrEqual(p50);
      }),
      { numRuns: 50 },
    );
  });

  test("recovery lasts until the end of the last answer that failed or was slow", () => {
    const samples = [
      sample(0, 10, "order 503"),
      sample(1000, 10),
      sample(2000, 500, "order 503"),
      sample(3000, 3000),
      sample(4000, 10),
    ];
    expect(secondsToRecovery(samples, 1500, isFailure)).toBe(1);
    expect(secondsToRecovery(samples, 1500, isFailure, 1000)).toBe(4.5);
    expect(secondsToRecovery(samples, 7000, isFailure)).toBe(0);
    expect(secondsToRecovery([], 0, isFailure)).toBe(0);
  });

  test("the longest gap is between two answers that succeeded", () => {
    const samples = [
      sample(0, 10),
      sample(100, 10),
      sample(200, 10, "cart 503"),
      sample(200, 4000),
      sample(4300, 10),
    ];
    expect(longestGap(samples, 110, isFailure)).toBeCloseTo(4.09);
    expect(longestGap(arrivalsOf(samples, 5).samples, 4250, isFailure)).toBeCloseTo(0.06);
  });
});

describe("what answers count as", () => {
  test.each([
    [200, {}, "order 200", false],
    [201, {}, "order 201", false],
    [429, { "retry-after": "1" }, "order 429", true],
    [503, { "retry-after": "1" }, "order 503", true],
    [503, {}, "order 503 without Retry-After", true],
    [404, { "content-type": "application/problem+json" }, "order 404", true],
    [404, { "content-type": "text/plain" }, "order 404 from the ingress", true],
  ])("%d with %j is %s", (status, headers, outcome, failed) => {
    expect(outcomeOf("order", { status, headers })).toBe(outcome);
    expect(isFailure(outcome)).toBe(failed);
  });
  test("an error is a failure", () => expect(isFailure("order ECONNRESET")).toBe(true));
});

describe("a seeded schedule", () => {
  const options = { after: 3, every: 8, spread: 2 };
  const targets = fc.uniqueArray(fc.string(), { maxLength: 20 });

  test("strikes each target once, in time, and the same again by the same seed", () => {
    fc.assert(
      fc.property(fc.nat(), targets, (seed, names) => {
        const blows = schedule(seededRandom(seed), names, options);
        expect(blows.map(({ target }) => target).sort()).toEqual([...names].sort());
        expect(blows).toEqual(schedule(seededRandom(seed), names, options));
        for (const [index, { at }] of blows.entries())
          expect(at).toBeGreaterThan(blows[index - 1]?.at ?? options.after - 0.001);
      }),
      { numRuns: 50 },
    );
  });

  test("differs between seeds", () => {
    const names = ["a", "b", "c", "d", "e", "f", "g", "h"];
    const orders = [1, 2, 3, 4].map((seed) =>
      schedule(seededRandom(seed), names, options)
        .map(({ target }) => target)
        .join(""),
    );
    expect(new Set(orders).size).toBe(4);
  });

  test("there is nothing to pick from nothing", () => {
    expect(() => seededRandom(1).pick([])).toThrow(RangeError);
    expect(["a", "b"]).toContain(seededRandom(9).pick(["a", "b"]));
  });
});
