import { describe, expect, it } from "vitest";
import { layoutOf, network } from "./layout.ts";
import { firstNodeSpec, furtherNodeSpec, type NodeSpec, tunables } from "./spec.ts";

const layout = layoutOf("/srv/trade stack");
const options = {
  program: "/srv/trade stack/bin/node-1",
  kube: "/srv/trade stack/bin/kube-1",
  networkPolicyPlugin: "/srv/trade stack/bin/network-policy-cni-1",
  cgroups: ["/sys/fs/cgroup/x/node"],
  configHash: "abc",
};
const spec = firstNodeSpec(layout, options, { http: 8081, https: 8444 });
const flagIn = ({ processes }: NodeSpec, program: string, name: string): string | undefined =>
  processes
    .find((process) => process.name === program)
    ?.command.find((word) => word.startsWith(`--${name}=`))
    ?.replace(/^[^=]*=/, "");
const flag = (program: string, name: string) => flagIn(spec, program, name);

describe("firstNodeSpec", () => {
  it("listens on the machine's loopback alone, at the chosen ports", () => {
    expect(spec.forwards).toEqual([
      { from: "127.0.0.1:8081", to: `${layout.addresses.node}:${network.httpNodePort}` },
      { from: "127.0.0.1:8444", to: `${layout.addresses.node}:${network.httpsNodePort}` },
    ]);
  });

  it("changes nothing on the machine but a link and the route through it", () => {
    expect(spec.hostCommands.every(([program]) => program === "ip")).toBe(true);
    expect(spec.hostCommands.filter((command) => command.includes("route"))).toEqual([
      ["ip", "route", "add", layout.addresses.podSubnet, "via", layout.addresses.linkOnNode],
    ]);
  });

  it("shadows every kernel setting of the machine that the kubelet would write", () => {
    const shadowed = spec.nodeCommands
      .filter((command) => command[1] === "--bind")
      .map((command) => command.at(-1));
    expect(shadowed).toEqual(Object.keys(tunables).map((name) => `/proc/sys/${name}`));
  });

  it("keeps every program's address off the machine's own interfaces", () => {
    expect(flag("kube-apiserver", "bind-address")).toBe(layout.addresses.node);
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

describe("furtherNodeSpec", () => {
  const second = layoutOf(layout.home, 2);
  const third = layoutOf(layout.home, 3);
  const further = furtherNodeSpec(second, options, 4711);

  it("runs what runs pods, and no control plane", () => {
    expect(further.processes.map(({ name }) => name)).toEqual([
      "containerd",
      "kubelet",
      "kube-proxy",
      "network-policy",
    ]);
  });

  it("has no part in the machine: its link leads to the first node, with which it ends", () => {
    expect(further.endsWith).toBe(4711);
    expect(further.forwards).toEqual([]);
    const first = ["nsenter", "--target", "4711", "--net"];
    expect(further.hostCommands.every((command) => first.every((word, i) => command[i] === word))).toBe(true);
  });

  it("has a name, addresses and directories that no other node has", () => {
    const own = (node: typeof layout) => [
      node.nodeName,
      node.addresses.node,
      node.addresses.podSubnet,
      node.cgroup,
      node.containerd,
      node.containerdSocket,
      node.kubelet,
      node.ownPodLogs,
      node.log,
      node.spec,
    ];
    const all = [layout, second, third].flatMap(own);
    expect(new Set(all).size).toBe(all.length);
    expect(flagIn(further, "kubelet", "hostname-override")).toBe("sandbox-2");
    expect(flagIn(further, "network-policy", "pod-network")).toBe(second.addresses.podSubnet);
  });

  it("shares volumes and keys with the others, and shows logs at the same path", () => {
    expect(second.volumes).toBe(layout.volumes);
    expect(second.pki).toBe(layout.pki);
    expect(further.nodeCommands).toContainEqual(["mount", "--bind", second.ownPodLogs, layout.podLogs]);
  });
});
