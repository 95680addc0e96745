import { stripVTControlCharacters } from "node:util";
import fc from "fast-check";
import { expect, test } from "vitest";
import { lineFormat } from "./lines.ts";

const format = lineFormat(["order", "gateway"], false);

test("a structured line loses what its prefix says", () => {
  const line = JSON.stringify({ level: 40, time: 1, name: "order", pod: "local", msg: "away", attempts: 3 });
  expect(format("order", line)).toBe("order    warn  away attempts=3");
});

test("an error is told after what it broke", () => {
  const line = JSON.stringify({ level: 60, msg: "order cannot serve", err: { message: "no database" } });
  expect(format("order", line)).toBe("order    fatal order cannot serve: no database");
});

test("any other line stays as it is", () => {
  const other = fc
    .string()
    .filter((text) => stripVTControlCharacters(text) === text && !/^\{.*level/s.test(text));
  fc.assert(
    fc.property(other, (line) => {
      expect(format("gateway", line)).toBe(`gateway  ${line}`);
    }),
  );
});

test("colours are there only where they are wanted", () => {
  const line = JSON.stringify({ level: 30, msg: "serving" });
  const coloured = lineFormat(["order"], true)("order", line);
  expect(coloured).not.toBe(stripVTControlCharacters(coloured));
  expect(stripVTControlCharacters(coloured)).toBe("order  info  serving");
});
