import { expect, test } from "vitest";
import { actorOn, hashToken, keyScope, orderTokens, shownActor } from "./buyer.ts";

const ADA = "0190a7c2-5b1d-7c3e-8f00-3a2b1c0d9e8f";
const BOB = "0190a7c2-5b1d-7c3e-8f00-3a2b1c0d9e90";
const { tokenOf } = orderTokens("key");
const asCaller = (id: string, roles: string) => ({
  headers: { "x-caller-id": id, "x-caller-roles": roles },
});
const withToken = (token: string) => ({ headers: { "order-token": token } });
const adas = { userId: ADA, tokenHash: undefined };
const guests = { userId: undefined, tokenHash: hashToken(tokenOf("order")) };

test("a token has 256 bits, is the same each time, and another one for another order or key", () => {
  expect(Buffer.from(tokenOf("order"), "base64url")).toHaveLength(32);
  expect(tokenOf("order")).toBe(tokenOf("order"));
  expect(tokenOf("order")).not.toBe(tokenOf("other"));
  expect(tokenOf("order")).not.toBe(orderTokens("other").tokenOf("order"));
});

test("an order belongs to its buyer, to whoever has its token, and to staff with the permission", () => {
  expect(actorOn(asCaller(ADA, "customer"), adas, "orders:read")).toEqual({ isBuyer: true, by: ADA });
  expect(actorOn(withToken(tokenOf("order")), guests, "orders:read")).toEqual({ isBuyer: true, by: "guest" });
  expect(actorOn(asCaller(BOB, "support"), guests, "orders:read")).toEqual({ isBuyer: false, by: BOB });
});

test.each([
  ["somebody else", asCaller(BOB, "customer,merchant"), adas],
  ["nobody", { headers: {} }, adas],
  ["somebody who is logged in and has no token", asCaller(BOB, "customer"), guests],
  ["somebody with the token of another order", withToken(tokenOf("other")), guests],
  ["somebody with a token for an order that has none", withToken(tokenOf("order")), adas],
  ["somebody with an empty token", withToken(""), guests],
  ["somebody with a very long token", withToken("x".repeat(10_000)), guests],
])("an order is not for %s", (_name, request, order) => {
  expect(actorOn(request, order, "orders:read")).toBeUndefined();
});

test("keys of different buyers never meet, and a guest is told by the mail address", () => {
  const caller = (id: string) => ({ id, roles: [] });
  const scopes = [
    keyScope(undefined, "ada@example.com"),
    keyScope(undefined, "bob@example.com"),
    keyScope(caller(ADA), "ada@example.com"),
    keyScope(caller(BOB), "ada@example.com"),
  ];
  expect(new Set(scopes).size).toBe(scopes.length);
  expect(keyScope(undefined, "ADA@example.com")).toBe(scopes[0]);
});

test.each([
  ["system", false, "system"],
  ["system", true, "system"],
  ["guest", true, "buyer"],
  [ADA, false, "buyer"],
  [ADA, true, ADA],
  [BOB, false, "shop"],
  [BOB, true, BOB],
])("a move by %s is told (to staff: %s) as one by %s", (by, toStaff, shown) => {
  expect(shownActor(by, adas, toStaff)).toBe(shown);
});
