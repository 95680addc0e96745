import { describe, expect, test } from "vitest";
import { callerAddress, limitedUnit } from "./caller-address.ts";

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

describe("limitedUnit", () => {
  test.each([
    ["203.0.113.7", "203.0.113.7"],
    ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
    ["2001:0DB8:1:2::9", "2001:db8:1:2::/64"],
    ["2001:db8::9", "2001:db8:0:0::/64"],
    ["::1", "0:0:0:0::/64"],
    ["unknown", "unknown"],
  ])("of %s is %s", (address, unit) => {
    expect(limitedUnit(address)).toBe(unit);
  });
});
