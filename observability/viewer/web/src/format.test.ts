import fc from "fast-check";
import { expect, test } from "vitest";
import type { Unit } from "../../../dashboards/model.ts";
import { format } from "./format.ts";

test.each<[number | null, Unit, string]>([
  [null, "short", "–"],
  [0, "short", "0"],
  [1234, "short", "1.23 k"],
  [42, "none", "42"],
  [0.0123, "s", "12.3 ms"],
  [0, "s", "0 s"],
  [0.0000042, "s", "4.2 µs"],
  [90, "s", "90 s"],
  [600, "s", "10 min"],
  [90_000, "s", "25 h"],
  [864_000, "s", "10 d"],
  [0.999, "percentunit", "99.9 %"],
  [-0.5, "percentunit", "-50 %"],
  [512 * 2 ** 20, "bytes", "512 MiB"],
  [1536, "Bps", "1.5 KiB/s"],
  [12.345, "reqps", "12.3/s"],
  [0.25, "cores", "0.25 CPU"],
])("%s %s is %s", (value, unit, shown) => {
  expect(format(value, unit)).toBe(shown);
});

test("any value of any unit is short, and larger values are never shown as smaller ones of the same name", () => {
  const units: Unit[] = ["short", "percentunit", "s", "bytes", "Bps", "reqps", "cores", "none"];
  fc.assert(
    fc.property(
      fc.constantFrom(...units),
      fc.double({ min: 0, max: 1e12, noNaN: true }),
      fc.double({ min: 0, max: 1e12, noNaN: true }),
      (unit, one, other) => {
        const [small, large] = [Math.min(one, other), Math.max(one, other)].map((value) =>
          format(value, unit),
        );
        const parts = (text = "") => [Number.parseFloat(text), text.replace(/^[-\d.e+]+/, "")] as const;
        const [[a, name], [b, other_]] = [parts(small), parts(large)];
        if (name === other_) expect(b).toBeGreaterThanOrEqual(a);
      },
    ),
  );
});
