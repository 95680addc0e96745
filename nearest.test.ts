import { expect, test } from "vitest";
import { editDistance, nearest } from "./nearest.ts";

test.each([
  ["kitten", "sitting", 3],
  ["", "abc", 3],
  ["same", "same", 0],
])("from %j to %j it takes %i letters", (a, b, distance) => {
  expect(editDistance(a, b)).toBe(distance);
  expect(editDistance(b, a)).toBe(distance);
});

test("the nearest word is suggested, but not one that has nothing in common", () => {
  expect(nearest("stagin", ["dev", "staging", "prod"])).toBe("staging");
  expect(nearest("DEV", ["dev", "prod"])).toBe("dev");
  expect(nearest("xylophone", ["dev", "staging", "prod"])).toBeUndefined();
  expect(nearest("dev", [])).toBeUndefined();
});
