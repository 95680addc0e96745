import { expect, test } from "vitest";
import { routingKey } from "../../contracts/event.ts";
import { order } from "../service.ts";
import { eventHandlers } from "./event-handlers.ts";

test("every event that is declared is handled, and no other", () => {
  expect(eventHandlers.map((handler) => handler.routingKey).sort()).toEqual(
    order.consumes.map(routingKey).sort(),
  );
});
