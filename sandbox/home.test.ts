import { describe, expect, it } from "vitest";
import { HomeError, tradestackHome } from "./home.ts";

describe("tradestackHome", () => {
  it("prefers its own variable", () => {
    expect(tradestackHome({ TRADESTACK_HOME: "/srv/shop/", XDG_DATA_HOME: "/data" })).toBe("/srv/shop");
  });

  it("follows the XDG base directory", () => {
    expect(tradestackHome({ XDG_DATA_HOME: "/data" })).toBe("/data/tradestack");
  });

  it("falls back to the user's home when the variables are unset or empty", () => {
    expect(tradestackHome({ TRADESTACK_HOME: "", XDG_DATA_HOME: "" })).toMatch(
      /\/\.local\/share\/tradestack$/,
    );
  });

  it("refuses a relative path by name", () => {
    expect(() => tradestackHome({ TRADESTACK_HOME: "state" })).toThrow(HomeError);
    expect(() => tradestackHome({ TRADESTACK_HOME: "state" })).toThrow(/TRADESTACK_HOME: "state"/);
  });
});
