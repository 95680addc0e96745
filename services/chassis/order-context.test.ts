import { expect, test } from "vitest";
import { orderOfPayload, orderOfRequest } from "./order-context.ts";

const ORDER = "0b6f1e0a-93ad-4d7f-a61b-3b2f0f6d6c11";
const OTHER = "1b6f1e0a-93ad-4d7f-a61b-3b2f0f6d6c11";

test.each([
  [{ url: "/", params: { orderId: ORDER }, body: { orderId: OTHER } }, ORDER],
  [{ url: "/payments", params: {}, body: { orderId: ORDER } }, ORDER],
  [{ url: `/api/orders/${ORDER}?x=1`, params: { "*": ORDER }, body: Buffer.from("{}") }, ORDER],
  [{ url: `/api/orders/${ORDER}0`, params: undefined, body: Buffer.from("orderId") }, undefined],
  [{ url: "/orders", params: null, body: { orderId: "1' OR 1=1" } }, undefined],
  [{ url: "/orders/7", params: { orderId: 7 }, body: null }, undefined],
])("of a request with %j it is told: %s", (request, expected) => {
  expect(orderOfRequest(request)).toBe(expected);
});

test("of an event it is told wherever its payload names it", () => {
  expect(orderOfPayload(JSON.stringify({ amount: 1, orderId: ORDER }))).toBe(ORDER);
  expect(orderOfPayload(JSON.stringify({ shipmentId: ORDER }))).toBeUndefined();
  expect(orderOfPayload("no JSON")).toBeUndefined();
});
