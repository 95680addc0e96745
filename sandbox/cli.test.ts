import { describe, expect, it } from "vitest";
import { readArguments } from "./cli.ts";
import { chosenPorts } from "./ports.ts";

describe("readArguments", () => {
  it("reads a command and its options in any order", () => {
    const none = { yes: false, json: false, nodes: undefined };
    expect(readArguments(["--json", "up", "--yes"])).toEqual({
      ...none,
      command: "up",
      yes: true,
      json: true,
    });
    expect(readArguments(["status"])).toEqual({ ...none, command: "status" });
    expect(readArguments(["up", "--nodes", "3"])).toEqual({ ...none, command: "up", nodes: 3 });
  });

  it.each<[string[], RegExp]>([
    [[], /unknown command ""/],
    [["start"], /unknown command "start"/],
    [["up", "now"], /unexpected "now" after up/],
    [["up", "--force"], /--force/],
    [["up", "--nodes", "6"], /--nodes: "6" is not a number of nodes; give one from 1 to 5/],
    [["down", "--nodes", "2"], /--nodes goes with up, not with down/],
  ])("refuses %j in plain words", (words, expected) => {
    expect(() => readArguments(words)).toThrow(expected);
  });
});

describe("chosenPorts", () => {
  it("are the defaults unless the environment says otherwise", () => {
    expect(chosenPorts({})).toEqual({ http: 18080, https: 18443 });
    expect(chosenPorts({ TRADESTACK_HTTP_PORT: "8080" })).toEqual({ http: 8080, https: 18443 });
  });

  it.each(["0", "65536", "http", "80.5"])("refuses %j by name", (text) => {
    expect(() => chosenPorts({ TRADESTACK_HTTPS_PORT: text })).toThrow(`TRADESTACK_HTTPS_PORT: "${text}"`);
  });

  it("refuses one port for both", () => {
    expect(() => chosenPorts({ TRADESTACK_HTTP_PORT: "18443" })).toThrow(/both 18443/);
  });
});
