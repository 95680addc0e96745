import { describe, expect, test } from "vitest";
import { callerAddress } from "./caller-address.ts";

describe("callerAddress", () => {
  test.each([
    ["203.0.113.7", "10.0.0.1", "203.0.113.7"],
    ["198.51.100.1, 203.0.113.7", "10.0.0.1", "203.0.113.7"],
    ["2001:db8::1", "10.0.0.1", "2001:db8::1"],
    [undefined, "10.0.0.1", "10.0.0.1"],
    ["", "10.0.0.1", "10.0.0.1"],
    ["203.0.113.7, not an address", "10.0.0.1", "10.0.0.1"],
    [undefined, "::ffff:10.0.0.1", "10.0.0.1"],
    [undefined, undefined, "unknown"],
  ])("of %s from %s is %s", (forwardedFor, peer, address) => {
    expect(callerAddress(forwardedFor, peer)).toBe(address);
  });
});
