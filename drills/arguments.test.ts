import { describe, expect, test } from "vitest";
import { UsageError } from "../command-line/options.ts";
import { parseArguments, usage } from "./arguments.ts";
import { DRILLS } from "./drills.ts";

const parse = (...words: string[]) => parseArguments(words, DRILLS);
const names = (...words: string[]) => parse(...words)?.drills.map(({ name }) => name);

describe("the command line of drills", () => {
  test("names drills, or all of them, which are held in their own order", () => {
    expect(names("kill", "oversell", "kill")).toEqual(["oversell", "kill"]);
    expect(names("all")).toEqual(DRILLS.map(({ name }) => name));
  });

  test("has a default for everything else", () => {
    expect(parse("kill")).toMatchObject({
      seed: 1,
      stack: "dev",
      json: false,
      context: undefined,
      yesReally: undefined,
    });
    expect(parse("upgrade", "--from", "v1.2.0")).toMatchObject({ from: "v1.2.0" });
    expect(
      parse("kill", "--seed", "42", "--context", "kind-shop", "--yes-really", "kind-shop", "--json"),
    ).toMatchObject({
      seed: 42,
      context: "kind-shop",
      yesReally: "kind-shop",
      json: true,
    });
  });

  test.each([
    [["overselll"], '"overselll" is not a known drill; did you mean "oversell"?'],
    [[], "no drill was given; choose one of"],
    [["kill", "--sead", "1"], "did you mean --seed?"],
    [["kill", "--seed", "x"], "--seed x is not a whole number"],
    [["kill", "--seed", "-1"], "--seed"],
    [["kill", "--context"], "--context needs a value"],
  ])("%j is refused with what would be right", (words, message) => {
    expect(() => parse(...words)).toThrow(UsageError);
    expect(() => parse(...words)).toThrow(message);
  });

  test("help tells every drill", () => {
    expect(parse("--help")).toBeUndefined();
    for (const { name, summary } of DRILLS) expect(usage(DRILLS)).toContain(`${name.padEnd(18)}  ${summary}`);
  });
});

test("every drill has a name of its own and tells in a sentence what it does", () => {
  expect(new Set(DRILLS.map(({ name }) => name)).size).toBe(DRILLS.length);
  for (const { name, summary } of DRILLS) {
    expect(name).toMatch(/^[a-z]+(-[a-z]+)*$/);
    expect(summary).toMatch(/\.$/);
  }
});
