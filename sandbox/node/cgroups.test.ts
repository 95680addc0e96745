import { describe, expect, it } from "vitest";
import { hierarchies, otherSandboxes } from "./cgroups.ts";
import { layoutOf } from "./layout.ts";

describe("hierarchies", () => {
  it("finds those of version 1, and version 2 beside them", () => {
    const mounts = `tmpfs /sys/fs/cgroup tmpfs rw 0 0
cgroup /sys/fs/cgroup/cpu cgroup rw,cpu 0 0
cgroup /sys/fs/cgroup/memory cgroup rw,memory 0 0
cgroup2 /sys/fs/cgroup/unified cgroup2 rw 0 0
`;
    expect(hierarchies(mounts)).toEqual([
      "/sys/fs/cgroup/cpu",
      "/sys/fs/cgroup/memory",
      "/sys/fs/cgroup/unified",
    ]);
  });

  it("finds the one of version 2", () => {
    expect(hierarchies("cgroup2 /sys/fs/cgroup cgroup2 rw 0 0\n")).toEqual(["/sys/fs/cgroup"]);
  });
});

describe("otherSandboxes", () => {
  it("tells the cgroups of other sandboxes from its own, image builds and whatever else there is", () => {
    const [own, other] = [layoutOf("/srv/a"), layoutOf("/srv/b")];
    const entries = [own.cgroup, own.imagesCgroup, other.cgroup, other.imagesCgroup, "system.slice"];
    expect(otherSandboxes([...entries, ...entries], own.cgroup)).toEqual([other.cgroup]);
    expect(otherSandboxes([own.cgroup], own.cgroup)).toEqual([]);
  });
});
