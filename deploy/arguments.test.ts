import { expect, test } from "vitest";
import { parseArguments } from "./arguments.ts";

const parse = (line: string) => parseArguments(line.split(" ").filter(Boolean));

test("a command alone means the dev stack and no surprises", () => {
  expect(parse("up")).toEqual({
    command: "up",
    stack: "dev",
    everyStack: true,
    context: undefined,
    engine: "auto",
    json: false,
    yes: false,
    yesReally: undefined,
    deleteData: false,
    out: undefined,
    includeSecrets: false,
    skipPolicy: undefined,
    rollback: true,
    against: undefined,
    markdown: undefined,
  });
});

test("options may come before or after the command, with or without an equals sign", () => {
  const expected = { command: "render", stack: "prod", out: "dist", includeSecrets: true };
  expect(parse("render --stack prod --out=dist --include-secrets")).toMatchObject(expected);
  expect(parse("--stack=prod render --out dist --include-secrets")).toMatchObject(expected);
  expect(parse("destroy -y")).toMatchObject({ yes: true });
  expect(parse("up --no-rollback")).toMatchObject({ rollback: false });
  expect(parse("preview --against main --stack dev")).toMatchObject({ against: "main", everyStack: false });
});

test.each([
  ["pu", /"pu" is not a known command; did you mean "up"/],
  ["prevew", /did you mean "preview"/],
  ["up --stak dev", /--stak is not an option; did you mean --stack\?/],
  ["up --constructor", /--constructor is not an option/],
  ["up --engine plumi", /"plumi" is not a known engine; did you mean "pulumi"/],
  ["up --stack", /--stack needs a value/],
  ["up --stack --json", /--stack needs a value/],
  ["up --json=yes", /--json takes no value/],
  ["up dev", /"dev" is one word too many/],
  ["up --out dist", /--out is for render, not for up/],
  ["up --against main", /--against is for preview, not for up/],
  ["preview --markdown x.md", /--markdown needs --against/],
  ["preview --no-rollback", /--no-rollback is for up/],
  ["status --delete-data", /--delete-data is for destroy/],
  ["", /no command was given; choose one of up/],
])("%j is refused with the way out", (line, message) => {
  expect(() => parse(line)).toThrow(message);
});

test("help is help whatever else is there", () => {
  expect(parse("--help")).toBeUndefined();
  expect(parse("up -h")).toBeUndefined();
});
