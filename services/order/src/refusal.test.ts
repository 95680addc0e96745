import { expect, test } from "vitest";
import { refusal } from "./refusal.ts";

const outOfStock = {
  type: "urn:tradestack:problem:out-of-stock",
  title: "Out of stock",
  status: 409,
  detail: "2 are left",
  instance: "request-1",
  sku: "MUG",
  available: 2,
};

test("a yes is no refusal", () => {
  expect(refusal("catalog", { status: 204, body: undefined })).toBeUndefined();
});

test("a definite no is passed on with its members, without the other service's request id", () => {
  const problem = refusal("catalog", { status: 409, body: outOfStock });
  const { instance: _, ...rest } = outOfStock;
  expect(problem?.toJSON()).toEqual(rest);
});

test.each([500, 502, 503, 504, 408, 429])("%i is neither yes nor no", (status) => {
  expect(() => refusal("catalog", { status, body: outOfStock })).toThrow(
    expect.objectContaining({ status: 503, slug: "unavailable" }),
  );
});

test("a no that is no problem breaks the contract", () => {
  expect(() => refusal("catalog", { status: 404, body: "<html>" })).toThrow(/breaks its contract/);
});
