import { createHash, X509Certificate } from "node:crypto";
import { expect, test } from "vitest";
import { parse } from "yaml";
import type { VmClusterConfiguration } from "./args.ts";
import { checkCluster } from "./check.ts";
import { administratorConfig } from "./identity.ts";
import { agentUserData, serverUserData } from "./user-data.ts";

const ALONE: VmClusterConfiguration = {
  secret: Buffer.alloc(32, 7).toString("base64url"),
  address: "10.0.1.21",
  servers: ["10.0.1.21"],
  nodeCidr: "10.0.1.0/24",
};
const THREE: VmClusterConfiguration = {
  ...ALONE,
  address: "10.0.1.10",
  servers: ["10.0.1.21", "10.0.1.22", "10.0.1.23"],
};
const alone = checkCluster("edge", ALONE);
const three = checkCluster("shop", THREE);

/** Made once: keys and signatures take their time. */
const machines = three.servers.map((_, index) => serverUserData(three, index));
const [first = "", second = ""] = machines;
const agent = agentUserData(three);

/** The files of a machine by path, those in YAML read. */
const files = (userData: string): Record<string, string> => {
  const { write_files }: { write_files: { path: string; content: string }[] } = parse(userData);
  return Object.fromEntries(write_files.map(({ path, content }) => [path, content]));
};
const config = (userData: string, path = "config.yaml") =>
  parse(files(userData)[`/etc/rancher/k3s/${path}`] ?? "");
const ROLE = "config.yaml.d/role.yaml";
const TLS = "/var/lib/rancher/k3s/server/tls";

test("the only server begins the cluster, and runs what there is to run", () => {
  const userData = serverUserData(alone, 0);
  expect(config(userData)).toMatchObject({ "node-name": "edge-server-1", "tls-san": ["10.0.1.21"] });
  expect(config(userData)).not.toHaveProperty("node-taint");
  expect(config(userData, ROLE)).toEqual({ token: expect.stringMatching(/^[\w-]{43}$/) });
});

test("of three servers the first one begins, and the others join it through the load balancer", () => {
  const others = machines.slice(1);
  const { token } = config(first, "begin.yaml");
  expect(config(first, "begin.yaml")).toEqual({ token, "cluster-init": true });
  expect(config(first)["node-taint"]).toEqual(["node-role.kubernetes.io/control-plane:NoSchedule"]);
  const authority = createHash("sha256")
    .update(files(first)[`${TLS}/server-ca.crt`] ?? "")
    .digest("hex");
  const join = { server: "https://10.0.1.10:6443", token: `K10${authority}::server:${token}` };
  // Where it takes a lost one's place.
  expect(config(first, "join.yaml")).toEqual(join);
  expect(others.map((userData) => config(userData, ROLE))).toEqual([join, join]);
  expect(others.map((userData) => config(userData)["node-ip"])).toEqual(["10.0.1.22", "10.0.1.23"]);
});

test("the authorities' keys are on the first server and nowhere else", () => {
  const authorities = Object.keys(files(first)).filter((path) => path.startsWith(TLS));
  expect(authorities.map((path) => path.slice(TLS.length + 1)).sort()).toEqual(
    ["client-ca", "etcd/peer-ca", "etcd/server-ca", "request-header-ca", "server-ca"].flatMap((name) => [
      `${name}.crt`,
      `${name}.key`,
    ]),
  );
  for (const userData of [second, agent]) expect(userData).not.toContain("PRIVATE KEY");
});

test("an agent knows how to join as one, and nothing that a server knows", () => {
  const userData = agent;
  const server = second;
  const { token } = config(userData, ROLE);
  expect(token).toBe(`${config(server, ROLE).token.split("::")[0]}::node:${config(server)["agent-token"]}`);
  expect(userData).not.toContain(config(server, ROLE).token.split(":").at(-1));
});

test("user data is the same in every run, and another one with another secret", () => {
  expect(serverUserData(checkCluster("shop", THREE), 0)).toBe(first);
  const other = checkCluster("shop", { ...THREE, secret: Buffer.alloc(32, 8).toString("base64") });
  expect(agentUserData(other)).not.toBe(agent);
});

test("whatever holds a secret is for root alone", () => {
  const { write_files }: { write_files: { permissions: string; content: string }[] } = parse(first);
  const telling = write_files.filter(({ content }) => /PRIVATE KEY|token/.test(content));
  expect(telling.length).toBeGreaterThan(6);
  expect(new Set(telling.map(({ permissions }) => permissions))).toEqual(new Set(["0600"]));
});

test("k3s comes from where it is said to be, and is what it has to be", () => {
  const pinned = agent;
  expect(pinned).toMatch(
    /'https:\/\/github\.com\/k3s-io\/k3s\/releases\/download\/v[\d.]+%2Bk3s1\/k3s' \w{64}/,
  );
  const release = {
    architecture: "arm64",
    binaryUrl: "http://10.0.1.5/k3s",
    imagesUrl: "http://10.0.1.5/images.tar.zst",
  };
  const offline = agentUserData(checkCluster("shop", { ...THREE, release }));
  expect(offline).toMatch(
    /'http:\/\/10\.0\.1\.5\/k3s' \w{64}\n.*'http:\/\/10\.0\.1\.5\/images\.tar\.zst' \w{64}/,
  );
  expect(offline).not.toContain("github.com");
  expect(parse(offline)).not.toHaveProperty("packages");
});

test("what EC2 would not take is refused", () => {
  const url = `http://10.0.1.5/${"a".repeat(6000)}`;
  const long = checkCluster("shop", { ...THREE, release: { binaryUrl: url } });
  expect(() => serverUserData(long, 0)).toThrow(
    /^the user data has \d{5} bytes, and EC2 takes 16384: give cluster/,
  );
});

test("the administrator's certificate is good for a year at least, and the same for a quarter", () => {
  const at = (date: string) => administratorConfig(three, new Date(date));
  const { clusters, users, "current-context": context } = parse(at("2026-11-21T12:00:00Z"));
  expect(context).toBe("shop");
  expect(clusters[0].cluster.server).toBe("https://10.0.1.10:6443");
  const decoded = (text: string) => Buffer.from(text, "base64").toString();
  const certificate = new X509Certificate(decoded(users[0].user["client-certificate-data"]));
  const tls = files(first);
  expect(certificate.verify(new X509Certificate(tls[`${TLS}/client-ca.crt`] ?? "").publicKey)).toBe(true);
  expect(decoded(clusters[0].cluster["certificate-authority-data"])).toBe(tls[`${TLS}/server-ca.crt`]);
  expect(certificate.subject).toBe("O=tradestack:administrators\nCN=tradestack");
  expect(certificate.validFromDate).toEqual(new Date("2026-10-01"));
  expect(certificate.validToDate).toEqual(new Date("2028-01-01"));
  expect(at("2026-10-01T00:00:00Z")).toBe(at("2026-12-31T23:59:59Z"));
  expect(at("2027-01-01T00:00:00Z")).not.toBe(at("2026-12-31T23:59:59Z"));
});

test.each<[string, Partial<VmClusterConfiguration>, RegExp]>([
  ["a short secret", { secret: "c2hvcnQ=" }, /^secret is not 32 or more bytes in base64; .*openssl rand/],
  ["two servers", { servers: ["10.0.1.21", "10.0.1.22"] }, /^servers: .*name one server, or three/],
  ["no server", { servers: [] }, /^servers: \[\] cannot be/],
  [
    "a server elsewhere",
    { servers: ["10.0.2.21"] },
    /^servers\[0\]: "10\.0\.2\.21" .*nodeCidr \(10\.0\.1\.0\/24\)/,
  ],
  ["a server's name", { servers: ["server-1"] }, /^servers\[0\]: "server-1" cannot be: write an IPv4/],
  [
    "one server twice",
    { ...THREE, servers: ["10.0.1.21", "10.0.1.22", "10.0.1.21"] },
    /^servers\[2\]: .*another/,
  ],
  ["a lone way in", { ...THREE, address: "10.0.1.22" }, /^address: "10\.0\.1\.22" .*load balancer/],
  ["no address", { address: "https://shop" }, /^address: "https:\/\/shop" cannot be/],
  ["half an address", { address: "10.0.1" }, /^address: "10\.0\.1" cannot be/],
  ["no network", { nodeCidr: "10.0.1.0" }, /^nodeCidr: "10\.0\.1\.0" is no range of addresses/],
  ["pods among nodes", { podCidr: "10.0.0.0/16" }, /^podCidr: 10\.0\.0\.0\/16 overlaps nodeCidr/],
  ["services among pods", { serviceCidr: "10.42.8.0/22" }, /^serviceCidr: 10\.42\.8\.0\/22 overlaps podCidr/],
  ["a mistyped part", { disable: ["treafik"] }, /^disable: "treafik" is none of .*did you mean "traefik"/],
  [
    "no version",
    { release: { version: "1.36.4" } },
    /^release\.version: "1\.36\.4" cannot be: write it like v1/,
  ],
  [
    "an unknown version",
    { release: { version: "v1.35.0+k3s1" } },
    /^release\.binarySha256 is missing; .*sha256sum-amd64\.txt/,
  ],
  [
    "another processor",
    { release: { architecture: "riscv64" } },
    /^release\.architecture: "riscv64" .*amd64, arm64/,
  ],
  ["no checksum", { release: { binarySha256: "md5" } }, /^release\.binarySha256: "md5" .*64 hexadecimal/],
  [
    "a shell's words",
    { release: { binaryUrl: "http://a/'$(reboot)'" } },
    /^release\.binaryUrl: .*write a URL/,
  ],
])("%s is refused", (_, change, message) => {
  expect(() => checkCluster("shop", { ...ALONE, ...change })).toThrow(message);
});

test("a name that nodes cannot have is refused", () => {
  expect(() => checkCluster("Shop_1", ALONE)).toThrow(/^name: "Shop_1" cannot be: small letters/);
});
