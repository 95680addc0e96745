import { describe, expect, it } from "vitest";
import { hierarchies } from "./cgroups.ts";

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
