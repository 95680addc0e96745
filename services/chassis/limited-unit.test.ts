import { describe, expect, test } from "vitest";
import { limitedUnit } from "./limited-unit.ts";

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
