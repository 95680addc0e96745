import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Layout, layoutOf, MAX_NODES } from "./layout.ts";
import { allNodes, furtherNodes, readNodeCount, wantNodes } from "./nodes.ts";

let layout: Layout;
beforeEach(() => {
  layout = layoutOf(mkdtempSync(join(tmpdir(), "tradestack-")));
});
afterEach(() => rmSync(layout.home, { recursive: true }));

const names = (nodes: readonly Layout[]) => nodes.map(({ nodeName }) => nodeName);

describe("wantNodes", () => {
  it("is remembered, by a directory for each node but the first", () => {
    expect(names(allNodes(layout))).toEqual(["sandbox"]);
    expect(wantNodes(layout, 3)).toEqual([]);
    expect(names(allNodes(layout))).toEqual(["sandbox", "sandbox-2", "sandbox-3"]);
  });

  it("tells which nodes are too many, and leaves it to others to remove them", () => {
    wantNodes(layout, 4);
    expect(names(wantNodes(layout, 2))).toEqual(["sandbox-3", "sandbox-4"]);
    expect(furtherNodes(layout)).toHaveLength(3);
  });

  it("takes no notice of what is no node's directory", () => {
    for (const name of ["1", "lost+found"]) {
      mkdirSync(join(layout.furtherNodes, name), { recursive: true });
    }
    expect(furtherNodes(layout)).toEqual([]);
  });
});

describe("readNodeCount", () => {
  it("reads a number that a sandbox can have", () => {
    expect(readNodeCount("1")).toBe(1);
    expect(readNodeCount(String(MAX_NODES))).toBe(MAX_NODES);
  });

  it.each(["0", "6", "-1", "2.5", "1e0", "two", ""])("refuses %j in one sentence", (text) => {
    expect(() => readNodeCount(text)).toThrow(
      `--nodes: "${text}" is not a number of nodes; give one from 1 to 5`,
    );
  });
});
