import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { layoutOf } from "../node/layout.ts";
import { findLeftovers, mountsUnder } from "./leftovers.ts";

/** A path as the kernel writes it in /proc/self/mounts. */
const escaped = (path: string): string =>
  path.replaceAll(/[\\ \t\n]/g, (letter) => `\\${letter.charCodeAt(0).toString(8).padStart(3, "0")}`);

describe("mountsUnder", () => {
  it("lists what is below a directory, the innermost first, and not the directory beside it", () => {
    const mounts = ["/srv/a", "/srv/a/run", "/srv/a/run/b", "/srv/ab/c", "/proc"]
      .map((path) => `tmpfs ${path} tmpfs rw 0 0`)
      .join("\n");
    expect(mountsUnder(mounts, "/srv/a")).toEqual(["/srv/a/run/b", "/srv/a/run"]);
  });

  it("reads back any path that the kernel wrote", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z \t\n\\0-9]{1,20}$/), (name) => {
        const path = `/home/${name}/x`;
        expect(mountsUnder(`tmpfs ${escaped(path)} tmpfs rw 0 0\n`, `/home/${name}`)).toEqual([path]);
      }),
    );
  });
});

describe("findLeftovers", () => {
  it("finds nothing of a sandbox that never was", () => {
    const home = mkdtempSync(join(tmpdir(), "tradestack-"));
    expect(findLeftovers(layoutOf(home))).toEqual([]);
    rmSync(home, { recursive: true });
  });
});
