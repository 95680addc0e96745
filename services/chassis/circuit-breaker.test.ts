import { beforeEach, describe, expect, test } from "vitest";
import { CircuitBreaker } from "./circuit-breaker.ts";

describe("CircuitBreaker", () => {
  let now: number;
  let breaker: CircuitBreaker;

  const fail = (times: number) => {
    for (let i = 0; i < times; i++) breaker.failed();
  };

  beforeEach(() => {
    now = 0;
    breaker = new CircuitBreaker({ failures: 3, cooldownMs: 1000, now: () => now });
  });

  test("lets calls through until so many in a row have failed", () => {
    fail(2);
    expect(breaker.mayTry()).toBe(true);
    breaker.succeeded();
    fail(2);
    expect(breaker.open).toBe(false);
    fail(1);
    expect(breaker.open).toBe(true);
    expect(breaker.mayTry()).toBe(false);
    expect(breaker.waitMs).toBe(1000);
  });

  test("lets one call try after the cool-down, and all after its success", () => {
    fail(3);
    now = 1000;
    expect(breaker.mayTry()).toBe(true);
    expect(breaker.mayTry()).toBe(false);
    breaker.succeeded();
    expect(breaker.mayTry()).toBe(true);
    expect(breaker.mayTry()).toBe(true);
  });

  test("waits another cool-down after a trial that failed, or that never came back", () => {
    fail(3);
    now = 1000;
    expect(breaker.mayTry()).toBe(true);
    now = 1200;
    breaker.failed();
    now = 2100;
    expect(breaker.mayTry()).toBe(false);
    now = 2200;
    expect(breaker.mayTry()).toBe(true);
    now = 3200;
    expect(breaker.mayTry()).toBe(true);
  });
});
