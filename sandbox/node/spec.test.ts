import { describe, expect, it } from "vitest";
import { layoutOf, network } from "./layout.ts";
import { nodeSpec, tunables } from "./spec.ts";

const layout = layoutOf("/srv/trade stack");
const spec = nodeSpec(layout, {
  program: "/srv/trade stack/bin/node-1",
  kube: "/srv/trade stack/bin/kube-1",
  networkPolicyPlugin: "/srv/trade stack/bin/network-policy-cni-1",
  httpPort: 8081,
  httpsPort: 8444,
  cgroups: ["/sys/fs/cgroup/x/node"],
  configHash: "abc",
});
const flag = (program: string, name: string): string | undefined =>
  spec.processes
    .find((process) => process.name === program)
    ?.command.find((word) => word.startsWith(`--${name}=`))
    ?.replace(/^[^=]*=/, "");

describe("nodeSpec", () => {
  it("listens on the machine's loopback alone, at the chosen ports", () => {
    expect(spec.forwards).toEqual([
      { from: "127.0.0.1:8081", to: `${network.nodeAddress}:${network.httpNodePort}` },
      { from: "127.0.0.1:8444", to: `${network.nodeAddress}:${network.httpsNodePort}` },
    ]);
  });

  it("changes nothing on the machine but a link and the route through it", () => {
    expect(spec.hostCommands.every(([program]) => program === "ip")).toBe(true);
    expect(spec.hostCommands.filter((command) => command.includes("route"))).toEqual([
      ["ip", "route", "add", network.podSubnet, "via", network.linkOnNode],
    ]);
  });

  it("shadows every kernel setting of the machine that the kubelet would write", () => {
    const shadowed = spec.nodeCommands
      .filter((command) => command[1] === "--bind")
      .map((command) => command.at(-1));
    expect(shadowed).toEqual(Object.keys(tunables).map((name) => `/proc/sys/${name}`));
  });

  it("keeps every program's address off the machine's own interfaces", () => {
    expect(flag("kube-apiserver", "bind-address")).toBe(network.nodeAddress);
    expect(flag("kube-controller-manager", "bind-address")).toBe("127.0.0.1");
    expect(flag("kube-scheduler", "bind-address")).toBe("127.0.0.1");
    expect(flag("etcd", "listen-client-urls")).toMatch(/^https:\/\/127\.0\.0\.1:/);
  });

  it("lets nobody in without a certificate, and encrypts secrets where they are stored", () => {
    expect(flag("kube-apiserver", "anonymous-auth")).toBe("false");
    expect(flag("kube-apiserver", "authorization-mode")).toBe("Node,RBAC");
    expect(flag("etcd", "client-cert-auth")).toBe("true");
    expect(flag("kube-apiserver", "encryption-provider-config")).toBe(layout.encryption);
  });

  it("keeps all that it writes under the state directory", () => {
    const logs = spec.processes.map(({ log }) => log);
    expect(logs.every((path) => path.startsWith("/srv/trade stack/sandbox/log/"))).toBe(true);
    expect(flag("etcd", "data-dir")).toBe(layout.etcd);
    expect(flag("kubelet", "root-dir")).toBe(layout.kubelet);
  });

  it("stops what would start pods again before the pods", () => {
    const names = spec.processes.map(({ name }) => name);
    expect(spec.stopFirst).toContain("kubelet");
    expect(names).toEqual(expect.arrayContaining([...spec.stopFirst]));
  });
});
