import { createServer } from "node:net";
import { describe, expect, it } from "vitest";
import { layoutOf } from "../node/layout.ts";
import { checkAddresses, checkPort, type Machine, mayLowerOomScore, obstacle } from "./preflight.ts";

const good: Machine = {
  platform: "linux",
  isRoot: true,
  hasGo: true,
  hasDebianPackages: true,
  freeDiskGb: 40,
  neededDiskGb: 12,
  home: "/home/ada/.local/share/tradestack",
  missingPackages: ["containerd"],
};

describe("obstacle", () => {
  it("finds none on a machine that has all", () => {
    expect(obstacle(good)).toBeUndefined();
  });

  it.each<[string, Partial<Machine>, RegExp]>([
    ["the system", { platform: "darwin" }, /needs Linux and this is darwin/],
    ["root", { isRoot: false }, /needs root/],
    ["the package tool", { hasDebianPackages: false }, /needs containerd and there is no apt-get/],
    ["Go", { hasGo: false }, /no go on the PATH; install Go/],
    ["disk", { freeDiskGb: 2.5 }, /needs 12 GB .* under \/home\/ada\/.* and there are 2\.5/],
  ])("names %s in one sentence, and what to do instead", (_, lack, expected) => {
    const sentence = obstacle({ ...good, ...lack });
    expect(sentence).toMatch(expected);
    expect(sentence).toMatch(/--context NAME/);
    expect(sentence).not.toMatch(/\.\s/);
  });

  it("asks for no package tool when nothing is missing", () => {
    expect(obstacle({ ...good, hasDebianPackages: false, missingPackages: [] })).toBeUndefined();
  });

  it("refuses a state directory whose sockets would have too long a path", () => {
    expect(obstacle({ ...good, home: `/${"x".repeat(100)}` })).toMatch(
      /TRADESTACK_HOME name one of at most \d+/,
    );
    expect(obstacle({ ...good, home: `/${"x".repeat(60)}` })).toBeUndefined();
  });
});

describe("checkAddresses", () => {
  it("refuses an address in the sandbox's range and no other", () => {
    const others = ["127.0.0.1", "10.244.8.1", "110.244.0.1", "10.245.1.1", "fe80::1"];
    expect(() => checkAddresses(layoutOf("/srv"), others)).not.toThrow();
    expect(() => checkAddresses(layoutOf("/srv"), ["10.244.1.1"])).toThrow(
      /uses 10\.244\.0\.0\/21 .*address 10\.244\.1\.1.*sandbox -- reset.*--context/,
    );
  });
});

describe("checkPort", () => {
  it("names the taken port and the variable that chooses another", async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    const port = typeof address === "object" ? (address?.port ?? 0) : 0;
    await expect(checkPort(port, "TRADESTACK_HTTP_PORT")).rejects.toThrow(
      new RegExp(`port ${port} .*TRADESTACK_HTTP_PORT=NUMBER`),
    );
    await new Promise((resolve) => server.close(resolve));
    await expect(checkPort(port, "TRADESTACK_HTTP_PORT")).resolves.toBeUndefined();
  });
});

describe("mayLowerOomScore", () => {
  it("reads the capability from the process's status", () => {
    expect(mayLowerOomScore("Name:\tnode\nCapEff:\t000001ffffffffff\n")).toBe(true);
    expect(mayLowerOomScore("Name:\tnode\nCapEff:\t000001fffeffffff\n")).toBe(false);
    expect(mayLowerOomScore("")).toBe(false);
  });
});
