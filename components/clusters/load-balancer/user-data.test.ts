import { expect, test } from "vitest";
import { parse } from "yaml";
import type { BalancerConfiguration } from "./args.ts";
import { haproxyConfiguration } from "./haproxy.ts";
import { keepalivedConfiguration } from "./keepalived.ts";
import { loadBalancerUserData } from "./user-data.ts";

const ALONE: BalancerConfiguration = {
  frontends: [{ name: "shop", port: 80, servers: [{ name: "worker-1", address: "10.0.1.11", port: 30080 }] }],
};
const PAIR: BalancerConfiguration = {
  ...ALONE,
  standby: {
    virtualAddress: "10.0.1.10/24",
    nodes: [{ address: "10.0.1.8" }, { address: "10.0.1.9" }],
  },
};

interface CloudConfig {
  readonly packages: readonly string[];
  readonly users?: readonly unknown[];
  readonly write_files: readonly {
    readonly path: string;
    readonly permissions: string;
    readonly content: string;
  }[];
}
const read = (userData: string): CloudConfig => parse(userData);
const file = (userData: string, path: string) =>
  read(userData).write_files.find((written) => written.path === path);

test("one machine runs HAProxy alone", () => {
  const userData = loadBalancerUserData(ALONE);
  expect(userData.startsWith("#cloud-config\n")).toBe(true);
  expect(read(userData).packages).toEqual(["haproxy"]);
  expect(read(userData)).not.toHaveProperty("users");
  expect(file(userData, "/etc/haproxy/haproxy.cfg")?.content).toBe(haproxyConfiguration(ALONE));
});

test("each machine of a pair gets its own half, and keeps the image's own user", () => {
  for (const index of [0, 1] as const) {
    const userData = loadBalancerUserData(PAIR, index);
    expect(read(userData).packages).toEqual(["haproxy", "keepalived"]);
    expect(read(userData).users).toContain("default");
    const { content } = file(userData, "/etc/keepalived/keepalived.conf") ?? {};
    expect(content).toBe(keepalivedConfiguration(PAIR, index));
    expect(file(userData, "/usr/local/libexec/check-haproxy")?.permissions).toBe("0755");
  }
});

test("HAProxy may open the files that its connections take", () => {
  const limit = (configuration: BalancerConfiguration) =>
    Number(
      /^LimitNOFILE=(\d+)$/m.exec(
        file(loadBalancerUserData(configuration), "/etc/systemd/system/haproxy.service.d/tradestack.conf")
          ?.content ?? "",
      )?.[1],
    );
  expect(limit(ALONE)).toBeGreaterThan(2 * 20_000);
  expect(limit({ ...ALONE, maxConnections: 500_000 })).toBeGreaterThan(2 * 500_000);
});

test("what EC2 would not take is refused", () => {
  const servers = Array.from({ length: 400 }, (_, index) => ({
    name: `worker-${index}`,
    address: "10.0.1.11",
    port: 1 + index,
  }));
  const userData = () => loadBalancerUserData({ frontends: [{ name: "shop", port: 80, servers }] });
  expect(userData).toThrow(/^the user data has \d{5} bytes, and EC2 takes 16384: give/);
});
