import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Layout, layoutOf } from "./layout.ts";
import { nodePid } from "./lifecycle.ts";

let layout: Layout;
beforeEach(() => {
  layout = layoutOf(mkdtempSync(join(tmpdir(), "tradestack-")));
  mkdirSync(layout.run, { recursive: true });
});
afterEach(() => rmSync(layout.home, { recursive: true }));

describe("nodePid", () => {
  it("is undefined where nothing was ever started", () => {
    expect(nodePid(layout)).toBeUndefined();
  });

  it("does not take another program for the node, whose number it got after a crash or a reboot", () => {
    writeFileSync(layout.pid, String(process.pid));
    expect(nodePid(layout)).toBeUndefined();
  });

  it.each(["", "0", "nonsense", "4194305"])("does not believe a file that says %j", (text) => {
    writeFileSync(layout.pid, text);
    expect(nodePid(layout)).toBeUndefined();
  });
});
