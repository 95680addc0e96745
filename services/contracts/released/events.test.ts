import { Type } from "typebox";
import { expect, test } from "vitest";
import { defineService } from "../../description.ts";
import { services } from "../../index.ts";
import { defineEvent } from "../event.ts";
import { AmbiguousEventError, brokenEvents, eventSchemas, readReleasedEvents } from "./events.ts";

test("no event breaks those who rely on it", () => {
  expect(brokenEvents(readReleasedEvents(), eventSchemas(services))).toEqual([]);
});

test("every event is written down as it is", () => {
  const recorded = Object.keys(readReleasedEvents());
  expect(
    Object.keys(eventSchemas(services)).filter((key) => !recorded.includes(key)),
    'run "node services/contracts/released/record.ts" to write them down',
  ).toEqual([]);
});

test("everything that is consumed is published by somebody", () => {
  const published = new Set(services.flatMap(({ publishes }) => publishes));
  const unheard = services.flatMap(({ consumes }) => consumes.filter((event) => !published.has(event)));
  expect(unheard).toEqual([]);
});

test("a change that breaks somebody is told with the next version as its remedy", () => {
  const released = { "a.done.v3": { type: "object", properties: { id: { type: "string" } } } };
  const current = { "a.done.v3": { type: "object", properties: {} } };
  expect(brokenEvents(released, current)).toEqual([
    "a.done.v3 breaks those who rely on it: /id is gone. " +
      "Remedy: leave a.done.v3 as it was and add version 4 of a.done beside it",
  ]);
  expect(brokenEvents(released, {})).toEqual([]);
});

test("two events of the same name and version are refused", () => {
  const event = (schema: ReturnType<typeof Type.Object>) =>
    defineEvent({ name: "a.done", version: 1, schema });
  const service = defineService({
    name: "a",
    summary: "Does",
    publishes: [event(Type.Object({}))],
    consumes: [event(Type.Object({ id: Type.String() }))],
    database: "postgres",
    scale: { min: 1, max: 1, cpuPercent: 50 },
    resources: { cpu: { request: "1m", limit: "1" }, memory: { request: "1Mi", limit: "1Mi" } },
    objectives: { availability: 99, p99: "1s" },
  });
  expect(() => eventSchemas([service])).toThrow(AmbiguousEventError);
});
