import fc from "fast-check";
import { expect, test } from "vitest";
import { refine } from "./refine.ts";

const refined = (before: string | string[], after: string | string[]) =>
  refine({ path: "p", before, after }).map((part) => [part.before, part.after]);

test("of a long text only the lines that differ are told", () => {
  expect(refined("a = 1\nb = 2\nc = 3\n", "a = 1\nb = 5\nc = 3\nd = 4\n")).toEqual([
    ["b = 2", undefined],
    [undefined, "b = 5"],
    [undefined, "d = 4"],
  ]);
});

test("of a list only the items that came or went are told", () => {
  expect(refined(["a", "a", "b"], ["a", "b", "c"])).toEqual([
    ["a", undefined],
    [undefined, "c"],
  ]);
});

test("what is neither, and another order of the same, is told as a whole", () => {
  expect(refined("a", "b")).toEqual([["a", "b"]]);
  expect(refined("a\n", "b\n")).toEqual([["a\n", "b\n"]]);
  expect(refined(["a", "b"], ["b", "a"])).toEqual([
    [
      ["a", "b"],
      ["b", "a"],
    ],
  ]);
});

test("nothing that differs is lost", () => {
  const lines = fc.array(fc.constantFrom("a", "b", "c"), { maxLength: 6 });
  fc.assert(
    fc.property(lines, lines, (before, after) => {
      const parts = refine({ path: "p", before, after });
      const [gone, come] = [parts.map((part) => part.before), parts.map((part) => part.after)];
      if (parts.length === 1 && Array.isArray(gone[0])) {
        expect(gone[0].toSorted()).toEqual(after.toSorted());
        return;
      }
      for (const letter of ["a", "b", "c"]) {
        const count = (list: readonly unknown[]) => list.filter((item) => item === letter).length;
        expect(count(before) - count(gone) + count(come)).toBe(count(after));
      }
    }),
  );
});
