import { describe, expect, it } from "vitest";
import { missingPackages } from "./packages.ts";

describe("missingPackages", () => {
  it("names every package on a bare machine, and none where all files are there", () => {
    expect(missingPackages(() => false)).toContain("containerd");
    expect(missingPackages(() => true)).toEqual([]);
  });

  it("goes by the file that a package brings", () => {
    expect(missingPackages((path) => path !== "/usr/sbin/nft")).toEqual(["nftables"]);
  });
});
