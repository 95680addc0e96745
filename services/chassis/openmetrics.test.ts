import { expect, test } from "vitest";
import { createMetrics } from "./metrics.ts";
import { exposition } from "./openmetrics.ts";

const ACCEPT = "application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.3";
/** Samples without what differs between two readings, and without examples. */
const samples = (text: string) =>
  text
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((line) => line.replace(/ [^ ]+( # .*)?$/, ""))
    .toSorted();

test("both forms have the same names and labels, and only who asks for it gets the one with examples", async () => {
  const metrics = createMetrics();
  metrics.counter("orders_total", "Orders", ["kind"]).inc({ kind: "new" }, 3);
  metrics.httpDuration.observe({
    labels: { method: "GET", route: "/", status: "200" },
    value: 0.2,
    exemplarLabels: { trace_id: "4bf92f3577b34da6a3ce929d0e0e4736" },
  });
  const open = await exposition(metrics.registry, ACCEPT);
  const plain = await exposition(metrics.registry, undefined);
  expect(open.contentType).toMatch(/^application\/openmetrics-text/);
  expect(plain.contentType).toMatch(/^text\/plain/);
  expect(samples(open.text)).toEqual(samples(plain.text));
  expect(plain.text).not.toContain("trace_id");
  expect(open.text).toMatch(/le="0.25".*\} 1 # \{trace_id="4bf92f3577b34da6a3ce929d0e0e4736"\} 0.2 /);
  expect(open.text).toContain('# HELP orders Orders\n# TYPE orders counter\norders_total{kind="new"} 3');
  expect(open.text.endsWith("\n# EOF\n")).toBe(true);
});

test("every counter's name ends as OpenMetrics has it, so that it is the same in both forms", async () => {
  const { registry } = createMetrics();
  const { text } = await exposition(registry, undefined);
  for (const [, name] of text.matchAll(/^# TYPE (\w+) counter$/gm)) expect(name).toMatch(/_total$/);
});
