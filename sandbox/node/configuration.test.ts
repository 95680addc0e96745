import { describe, expect, it } from "vitest";
import { LOADING_TAINT } from "./api.ts";
import { configurationFiles, configurationHash } from "./configuration.ts";
import { cniConfig } from "./containerd.ts";
import { kubeletConfig } from "./kubelet.ts";
import { inNode, layoutOf } from "./layout.ts";

const layout = layoutOf("/srv/tradestack");
const files = (mayLowerOomScore: boolean) =>
  configurationFiles(layout, { pauseImage: "pause:1", mayLowerOomScore });

describe("configurationFiles", () => {
  it("tells containerd where everything is, and to leave OOM scores alone where it must", () => {
    const text = files(false).get(layout.containerdConfig);
    expect(text).toContain('root = "/srv/tradestack/sandbox/data/containerd"');
    expect(text).toContain('address = "/srv/tradestack/sandbox/run/containerd.sock"');
    expect(text).toContain('sandbox_image = "pause:1"');
    expect(text).toContain("restrict_oom_score_adj = true");
    expect(files(true).get(layout.containerdConfig)).toContain("restrict_oom_score_adj = false");
  });

  it("hashes to another value when one of them changes", () => {
    expect(configurationHash(files(true))).toBe(configurationHash(files(true)));
    expect(configurationHash(files(true))).not.toBe(configurationHash(files(false)));
  });
});

describe("kubeletConfig", () => {
  it("accepts version 1 of cgroups only where the machine has it", () => {
    expect(JSON.parse(kubeletConfig(layout, 1))).toMatchObject({ failCgroupV1: false });
    expect(JSON.parse(kubeletConfig(layout, 2))).not.toHaveProperty("failCgroupV1");
  });

  it("puts pods into the sandbox's own cgroup", () => {
    expect(JSON.parse(kubeletConfig(layout, 1)).cgroupRoot).toBe(`/${layout.cgroup}`);
    expect(layoutOf("/srv/other").cgroup).not.toBe(layout.cgroup);
  });

  it("keeps pods from a further node until it has their images", () => {
    expect(JSON.parse(kubeletConfig(layout, 1))).not.toHaveProperty("registerWithTaints");
    expect(JSON.parse(kubeletConfig(layoutOf("/srv/tradestack", 2), 1)).registerWithTaints).toEqual([
      { key: LOADING_TAINT, effect: "NoSchedule" },
    ]);
  });
});

describe("cniConfig", () => {
  it("routes each pod by the node rather than over a bridge, where policies would not see it", () => {
    const { plugins } = JSON.parse(cniConfig(layout));
    const ranges = [[{ subnet: layout.addresses.podSubnet }]];
    expect(plugins[0]).toMatchObject({ type: "ptp", ipam: { ranges } });
  });

  it("ends with the plugin that waits for a pod's policies, where the agent listens", () => {
    const { plugins } = JSON.parse(cniConfig(layout));
    expect(plugins.at(-1)).toEqual({ type: "network-policy-cni", socket: inNode.networkPolicySocket });
    expect(files(true).get(layout.containerdConfig)).toContain(`bin_dir = "${inNode.cniPlugins}"`);
  });
});
