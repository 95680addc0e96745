import { expect, test } from "vitest";
import { oneOf, readOptions } from "./options.ts";

const OPTIONS = {
  stack: { type: "string" },
  file: { type: "string", multiple: true },
  yes: { type: "boolean", short: "y" },
} as const;
const read = (line: string) => readOptions(line.split(" ").filter(Boolean), OPTIONS);

test("words, flags and values are told apart, wherever they stand", () => {
  const { words, given, flag, text, texts } = read("up --stack prod -y --file a --file=b now");
  expect(words).toEqual(["up", "now"]);
  expect([...given]).toEqual(["stack", "yes", "file"]);
  expect([flag("yes"), text("stack"), text("file"), texts("file")]).toEqual([true, "prod", "b", ["a", "b"]]);
});

test("what was not given is nothing", () => {
  const { flag, text, texts, given } = read("up");
  expect([flag("yes"), text("stack"), texts("file"), given.size]).toEqual([false, undefined, [], 0]);
});

test.each([
  ["--stak x", "--stak is not an option; did you mean --stack?"],
  ["--toString", "--toString is not an option"],
  ["--stack", "--stack needs a value: --stack NAME"],
  ["--stack=", "--stack needs a value"],
  ["--stack --yes", "--stack needs a value"],
  ["--yes=no", '--yes takes no value; leave out "no"'],
])("%s is refused", (line, message) => {
  expect(() => read(line)).toThrow(message);
});

test("a word is one of those that mean something, or the nearest is named", () => {
  expect(oneOf("fruit", "pear", ["apple", "pear"])).toBe("pear");
  expect(() => oneOf("fruit", "aple", ["apple", "pear"])).toThrow(
    '"aple" is not a known fruit; did you mean "apple"? (apple, pear)',
  );
  expect(() => oneOf("fruit", undefined, ["apple", "pear"])).toThrow(
    "no fruit was given; choose one of apple, pear",
  );
});
