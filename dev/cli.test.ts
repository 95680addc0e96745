import { describe, expect, test } from "vitest";
import { services } from "../services/index.ts";
import { readArguments } from "./cli.ts";

const names = (words: readonly string[]) => readArguments(words).services.map(({ name }) => name);

describe("the command line", () => {
  test("without names every service runs", () => {
    expect(names([])).toEqual(services.map(({ name }) => name));
    expect(readArguments([])).toMatchObject({ port: 8000, fresh: false, quiet: false, yes: false });
  });

  test("a service brings those that it calls", () => {
    expect(names(["order"])).toEqual(expect.arrayContaining(["order", "catalog", "payment"]));
    expect(names(["payment"])).toEqual(["payment"]);
  });

  test("a mistyped service is told the one that was meant", () => {
    expect(() => names(["ordr"])).toThrow(/no service "ordr" \(did you mean "order"\?\)/);
  });

  test.each(["x", "-1", "65536", ""])("--port %s is refused", (port) => {
    expect(() => readArguments([`--port=${port}`])).toThrow(/--port/);
  });
});
