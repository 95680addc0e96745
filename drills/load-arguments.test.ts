import { expect, test } from "vitest";
import { UsageError } from "../command-line/options.ts";
import { parseLoadArguments } from "./load-arguments.ts";

test("has a default for everything", () => {
  expect(parseLoadArguments([])).toMatchObject({
    mix: "orders",
    seconds: 15,
    rate: undefined,
    soak: 0,
    stack: "dev",
  });
  expect(parseLoadArguments(["--mix", "shopping", "--rate", "80", "--soak", "30"])).toMatchObject({
    mix: "shopping",
    rate: 80,
    soak: 30,
  });
  expect(parseLoadArguments(["-h"])).toBeUndefined();
});

test.each([
  [["--mix", "order"], 'did you mean "orders"?'],
  [["--rate", "0"], "--rate 0 is not a whole number from 1 to 5000"],
  [["--seconds", "1.5"], "--seconds 1.5"],
  [["--soak", "x"], "--soak x"],
  [["--profile", "oder"], 'did you mean "order"?'],
  [["--minutes", "3"], "--minutes is not an option"],
  [["fast"], '"fast" is one word too many'],
])("%j is refused with what would be right", (words, message) => {
  expect(() => parseLoadArguments(words)).toThrow(UsageError);
  expect(() => parseLoadArguments(words)).toThrow(message);
});
