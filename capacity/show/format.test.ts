import { expect, test } from "vitest";
import { compact, count, duration, figure, money, sparkline } from "./format.ts";

test.each([
  [count(1234.5), "1,235"],
  [figure(1234.5), "1,230"],
  [figure(0.01234), "0.0123"],
  [compact(1_234_567), "1.23M"],
  [money(1234.5, "USD"), "USD 1,234.50"],
  [duration(45), "45 s"],
  [duration(720), "12 min"],
  [duration(12_600), "3.5 h"],
])("%s", (shown, expected) => {
  expect(shown).toBe(expected);
});

test("a column shows the highest of the values that fall into it", () => {
  expect(sparkline([0, 1, 7, 0, 14, 0], 3)).toBe("▂▅█");
  expect(sparkline([1, 2], 8, 4)).toBe("▃▅");
  expect(sparkline([0, 0], 2)).toBe("▁▁");
});
