import { expect, test } from "vitest";
import { parseArguments } from "./arguments.ts";

test.each([
  [[], { stack: "dev", json: false }],
  [["--stack", "prod", "--json"], { stack: "prod", json: true }],
  [["--file", "a.yaml"], { files: ["a.yaml"], environment: "prod", json: false }],
  [
    ["--file", "a.yaml", "--file=b.yaml", "--environment", "dev"],
    { files: ["a.yaml", "b.yaml"], environment: "dev", json: false },
  ],
  [["--help", "--stack", "prod"], undefined],
])("%j", (argv, expected) => {
  expect(parseArguments(argv)).toEqual(expected);
});

test.each([
  [["--stak", "prod"], "--stak is not an option; did you mean --stack?"],
  [["--stack"], "--stack needs a value: --stack NAME"],
  [["--file", "--json"], "--file needs a value: --file NAME"],
  [["--json=yes"], '--json takes no value; leave out "yes"'],
  [["prod"], '"prod" is one word too many; name a stack with --stack, or manifests with --file'],
  [["--stack", "prod", "--file", "a.yaml"], "--stack and --file exclude each other; leave one out"],
  [["--environment", "dev"], "--environment is for --file"],
  [["--file", "a", "--environment", "prd"], '"prd" is not a known environment; did you mean "prod"?'],
])("%j is refused with the remedy", (argv, message) => {
  expect(() => parseArguments(argv)).toThrow(message);
});
