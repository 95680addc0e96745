import { describe, expect, test } from "vitest";
import { type Permissions, permissions } from "./definitions.ts";

const allows = (rights: Permissions, right: keyof Permissions, resource: string) =>
  new RegExp(rights[right]).test(resource);

describe("a service that publishes", () => {
  const rights = permissions({ name: "order", publishes: ["order.paid.v1"], consumes: [] });

  test("declares the exchange of events and writes to it", () => {
    expect(allows(rights, "configure", "tradestack.events")).toBe(true);
    expect(allows(rights, "write", "tradestack.events")).toBe(true);
  });

  test("reads nothing, and neither makes queues nor touches those of others", () => {
    for (const resource of ["order.events", "payment.events", "tradestack.events", "amq.default", ""]) {
      expect(allows(rights, "read", resource), resource).toBe(resource === "");
    }
    for (const resource of ["order.events", "payment.events", "tradestackXevents", "tradestack.events2"]) {
      expect(allows(rights, "configure", resource), resource).toBe(false);
      expect(allows(rights, "write", resource), resource).toBe(false);
    }
  });
});

describe("a service that consumes", () => {
  const rights = permissions({ name: "logistics", publishes: [], consumes: ["order.paid.v1"] });

  test("declares, binds and reads its own queue and its dead letters", () => {
    for (const right of ["configure", "write", "read"] as const) {
      expect(allows(rights, right, "logistics.events"), right).toBe(true);
      expect(allows(rights, right, "logistics.dead-letters"), right).toBe(true);
      expect(allows(rights, right, "tradestack.dead-letters"), right).toBe(true);
    }
    expect(allows(rights, "read", "tradestack.events")).toBe(true);
  });

  test("publishes no events, and cannot see another service's queue", () => {
    expect(allows(rights, "write", "tradestack.events")).toBe(false);
    for (const right of ["configure", "write", "read"] as const) {
      expect(allows(rights, right, "order.events"), right).toBe(false);
      expect(allows(rights, right, "logisticsXevents"), right).toBe(false);
    }
  });
});

test("a service without events may do nothing", () => {
  expect(permissions({ name: "catalog", publishes: [], consumes: [] })).toEqual({
    configure: "^$",
    write: "^$",
    read: "^$",
  });
});
