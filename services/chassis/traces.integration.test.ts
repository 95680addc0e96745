/** A trace on its way through what keeps things: the database, the outbox, the broker and the inbox. */
import { SpanKind } from "@opentelemetry/api";
import { afterAll, beforeAll, expect, test } from "vitest";
import { statement } from "./database.ts";
import { Counting } from "./test/counting.ts";
import { inTrace } from "./test/in-trace.ts";
import { recording } from "./test/recording.ts";
import { currentTraceparent } from "./trace-context.ts";
import { within } from "./tracing.ts";

const TRACE_ID = "4bf92f3577b34da6a3ce929d0e0e4736";
const TRACEPARENT = `00-${TRACE_ID}-00f067aa0ba902b7-01`;
const COUNTS = statement("test-counts", "SELECT thing FROM counts WHERE thing = $1");
const WRONG = statement("test-wrong", "INSERT INTO counts (thing, number) VALUES ($1, 1 / $2::int)");

let counting: Counting;
beforeAll(async () => {
  counting = await Counting.open();
});
afterAll(() => counting?.close());

test("statements are spans by name, operation and table, failed ones by their SQLSTATE, and none has a value", async () => {
  const { tracing, spans } = recording();
  const { database } = counting.own;
  await within(tracing, "work", TRACEPARENT, { kind: SpanKind.INTERNAL }, () =>
    database.transaction((transaction) => transaction.query(COUNTS, ["Ada Lovelace"])),
  );
  const failing = within(tracing, "work", TRACEPARENT, { kind: SpanKind.INTERNAL }, () =>
    database.query(WRONG, ["Ada Lovelace", 0]),
  );
  await expect(failing).rejects.toThrow("division by zero");
  expect(spans().map(({ name, attributes }) => [name, attributes])).toEqual([
    [
      "test-counts",
      { "db.system.name": "postgresql", "db.operation.name": "SELECT", "db.collection.name": "counts" },
    ],
    ["COMMIT", { "db.system.name": "postgresql" }],
    ["work", {}],
    [
      "test-wrong",
      {
        "db.system.name": "postgresql",
        "db.operation.name": "INSERT",
        "db.collection.name": "counts",
        "error.type": "22012",
      },
    ],
    ["work", { "error.type": "22012" }],
  ]);
  expect(new Set(spans().map((span) => span.spanContext().traceId))).toEqual(new Set([TRACE_ID]));
  expect(
    JSON.stringify(spans().map(({ attributes, events, status }) => [attributes, events, status])),
  ).not.toContain("Ada");
});

test("an event belongs to the trace of what led to it, also where it is tried again later", async () => {
  const seen: (string | undefined)[] = [];
  counting.whenHandled = () => {
    seen.push(currentTraceparent());
    if (seen.length === 1) throw new Error("not yet");
  };
  const { context, stop } = await counting.start();
  try {
    await inTrace(TRACEPARENT, () => counting.tell("apple", 1));
    context.wakeOutbox();
    await expect.poll(() => counting.counts()).toEqual([{ thing: "apple", number: 1 }]);
    expect(seen).toEqual([TRACEPARENT, TRACEPARENT]);
  } finally {
    await stop();
  }
});
