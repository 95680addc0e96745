import { expect, test } from "vitest";
import { createMetrics } from "./metrics.ts";

test("what users are promised is a bound of the buckets, so that it can be seen to be kept", async () => {
  const boundsOf = async (p99: "150ms" | "1s") => {
    const { registry, httpDuration } = createMetrics({ availability: 99.9, p99 });
    httpDuration.observe({ labels: { method: "GET", route: "/", status: "200" }, value: 0.2 });
    const text = await registry.getSingleMetricAsString("http_server_request_duration_seconds");
    return [...text.matchAll(/le="([\d.]+)"/g)].map(([, bound]) => Number(bound));
  };
  expect((await boundsOf("150ms")).slice(6, 9)).toEqual([0.1, 0.15, 0.25]);
  expect((await boundsOf("1s")).slice(-4)).toEqual([1, 2.5, 5, 10]);
});

test("a value that is no longer told is no longer shown", async () => {
  const { registry, gauges } = createMetrics();
  let told = new Map([
    ["pending", 2],
    ["reserved", 1],
  ]);
  gauges("orders_open", "Orders by state", "state", () => told);
  expect(await registry.getSingleMetricAsString("orders_open")).toContain('orders_open{state="reserved"} 1');
  told = new Map([["pending", 3]]);
  const text = await registry.getSingleMetricAsString("orders_open");
  expect(text).toContain('orders_open{state="pending"} 3');
  expect(text).not.toContain("reserved");
});
