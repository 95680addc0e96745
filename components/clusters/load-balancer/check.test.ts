import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { BalancerConfiguration, FrontendArgs, ServerArgs, StandbyArgs } from "./args.ts";
import { LoadBalancerError } from "./check.ts";
import { haproxyConfiguration } from "./haproxy.ts";
import { keepalivedConfiguration } from "./keepalived.ts";

const SERVER: ServerArgs = { name: "worker-1", address: "10.0.1.11", port: 30080 };
const FRONTEND: FrontendArgs = { name: "shop", port: 80, servers: [SERVER] };
const STANDBY: StandbyArgs = {
  virtualAddress: "10.0.1.10/24",
  nodes: [{ address: "10.0.1.8" }, { address: "10.0.1.9" }],
};

const rendered = (changes: Partial<BalancerConfiguration>) =>
  haproxyConfiguration({ frontends: [FRONTEND], ...changes });
const frontend = (changes: Partial<FrontendArgs>) => rendered({ frontends: [{ ...FRONTEND, ...changes }] });
const server = (changes: Partial<ServerArgs>) => frontend({ servers: [{ ...SERVER, ...changes }] });
const standby = (changes: Partial<StandbyArgs>) => rendered({ standby: { ...STANDBY, ...changes } });

/** What would end a word, a line or a block, or begin a comment or a variable. */
const hostile = fc
  .tuple(
    fc.string(),
    fc.constantFrom(" ", "\n", "\r", "\t", '"', "'", "#", "\\", "$", "{", "}", "\0"),
    fc.string(),
  )
  .map((parts) => parts.join(""));

describe("nothing gets into a configuration that is more than one word", () => {
  const places: Record<string, (text: string) => string> = {
    "the name of a frontend": (name) => frontend({ name }),
    "a mode": (mode) => frontend({ mode }),
    "a balance": (balance) => frontend({ balance }),
    "the name of a server": (name) => server({ name }),
    "an address": (address) => server({ address }),
    "a path": (path) => frontend({ health: { path: `/${path}` } }),
    "a certificate": (path) => frontend({ tls: { certificate: `/${path}` } }),
    "a socket": (path) => rendered({ adminSocket: `/${path}` }),
    "a virtual address": (virtualAddress) => standby({ virtualAddress }),
    "the address of a machine": (address) => standby({ nodes: [{ address }, { address: "10.0.1.9" }] }),
    "an interface": (name) =>
      standby({ nodes: [{ address: "10.0.1.8", interface: name }, { address: "10.0.1.9" }] }),
  };
  test.each(Object.entries(places))("%s", (_, place) => {
    fc.assert(
      fc.property(hostile, (text) => {
        expect(() => place(text)).toThrow(LoadBalancerError);
      }),
      { numRuns: 50 },
    );
  });
});

test("numbers that are none never get there", () => {
  const nonsense = fc.oneof(
    fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, -1, 0.5, 1e9),
    fc.double({ noInteger: true }),
  );
  const places: readonly ((value: number) => string)[] = [
    (port) => frontend({ port }),
    (port) => server({ port }),
    (weight) => server({ weight }),
    (fall) => frontend({ health: { fall } }),
    (rise) => frontend({ health: { rise } }),
    (port) => frontend({ health: { port } }),
    (maxConnections) => rendered({ maxConnections }),
    (metricsPort) => rendered({ metricsPort }),
    (routerId) => standby({ routerId }),
  ];
  fc.assert(
    fc.property(nonsense, fc.constantFrom(...places), (value, place) => {
      expect(() => place(value)).toThrow(LoadBalancerError);
    }),
  );
});

test("each server stands there once, with its share", () => {
  const servers = fc.uniqueArray(
    fc.record({
      name: fc.stringMatching(/^[a-z][a-z0-9]{0,20}$/),
      address: fc.oneof(fc.ipV4(), fc.ipV6()),
      port: fc.integer({ min: 1, max: 65_535 }),
      weight: fc.integer({ min: 1, max: 256 }),
    }),
    { selector: ({ name }) => name, minLength: 1, maxLength: 20 },
  );
  fc.assert(
    fc.property(servers, (all) => {
      const lines = frontend({ servers: all })
        .split("\n")
        .filter((line) => line.startsWith("  server "));
      expect(lines).toHaveLength(all.length);
      for (const [index, { name, address, port, weight }] of all.entries()) {
        const host = address.includes(":") ? `[${address}]` : address;
        expect(lines[index]).toBe(`  server ${name} ${host}:${port} weight ${weight}`);
      }
    }),
    { numRuns: 50 },
  );
});

test.each<[string, () => string, string]>([
  [
    "no frontend",
    () => rendered({ frontends: [] }),
    "frontends: [] cannot be: give it at least one port to listen on",
  ],
  [
    "no server",
    () => frontend({ servers: [] }),
    "frontends[0].servers: [] cannot be: give it at least one server",
  ],
  [
    "another algorithm",
    () => frontend({ balance: "random" }),
    'frontends[0].balance: "random" cannot be: write "roundrobin" or "leastconn"',
  ],
  [
    "a host name",
    () => server({ address: "worker-1.example.com" }),
    'frontends[0].servers[0].address: "worker-1.example.com" cannot be: write an IPv4 or IPv6 address',
  ],
  [
    "a zone",
    () => server({ address: "fe80::1%eth0" }),
    'frontends[0].servers[0].address: "fe80::1%eth0" cannot be',
  ],
  [
    "two servers of one name",
    () => frontend({ servers: [SERVER, SERVER] }),
    '"worker-1" cannot be: it is taken',
  ],
  ["the name of the metrics", () => frontend({ name: "metrics" }), '"metrics" cannot be: it is taken'],
  [
    "two frontends on one port",
    () => rendered({ frontends: [FRONTEND, { ...FRONTEND, name: "other" }] }),
    "frontends[1].port: 80 cannot be: frontends[0].port listens there already",
  ],
  ["a frontend on the metrics' port", () => frontend({ port: 8405 }), "metricsPort listens there already"],
  ["weight 0 everywhere", () => server({ weight: 0 }), "give at least one server a weight above 0"],
  [
    "a redirect without HTTP",
    () => frontend({ mode: "tcp", tls: { certificate: "/etc/shop.pem", redirectPort: 81 } }),
    'only mode "http" can redirect',
  ],
  [
    "a certificate outside its directory",
    () => frontend({ tls: { certificate: "/etc/haproxy/../shadow" } }),
    "write an absolute path without blanks",
  ],
  [
    "an endless timeout",
    () => rendered({ timeouts: { connectSeconds: 0 } }),
    "timeouts.connectSeconds: 0 cannot be",
  ],
  [
    "an address without its network",
    () => standby({ virtualAddress: "10.0.1.10" }),
    "write an IPv4 address and its prefix",
  ],
  [
    "the network's own address",
    () => standby({ virtualAddress: "10.0.1.0/24" }),
    "the network itself has this address",
  ],
  [
    "the broadcast address",
    () => standby({ virtualAddress: "10.0.1.255/24" }),
    "the network itself has this address",
  ],
  [
    "one machine",
    () => standby({ nodes: [{ address: "10.0.1.8" }] }),
    "standby.nodes: 1 cannot be: name two machines",
  ],
  [
    "machines that are one",
    () => standby({ nodes: [{ address: "10.0.1.8" }, { address: "10.0.1.8" }] }),
    'standby.nodes[1].address: "10.0.1.8" cannot be: each machine and the pair have an address of their own',
  ],
  [
    "a machine that has the virtual address",
    () => standby({ nodes: [{ address: "10.0.1.10" }, { address: "10.0.1.8" }] }),
    "each machine and the pair have an address of their own",
  ],
  [
    "a machine in another network",
    () => standby({ nodes: [{ address: "10.0.1.8" }, { address: "10.0.2.9" }] }),
    'standby.nodes[1].address: "10.0.2.9" cannot be: it is outside 10.0.1.10/24',
  ],
])("refused: %s", (_, render, message) => {
  expect(render).toThrow(message);
});

describe("keepalived", () => {
  const configuration: BalancerConfiguration = { frontends: [FRONTEND], standby: STANDBY };
  const [first, second] = [
    keepalivedConfiguration(configuration, 0),
    keepalivedConfiguration(configuration, 1),
  ];

  test("each machine talks to the other one, and the first is preferred", () => {
    expect(first).toMatch(
      /priority 150\n[^}]+unicast_src_ip 10\.0\.1\.8\n {2}unicast_peer \{\n {4}10\.0\.1\.9\n/,
    );
    expect(second).toMatch(
      /priority 100\n[^}]+unicast_src_ip 10\.0\.1\.9\n {2}unicast_peer \{\n {4}10\.0\.1\.8\n/,
    );
  });

  test("the check has no weight, without which an address that is not given back would never be taken", () => {
    expect(first).toMatch(/^ {2}nopreempt$/m);
    expect(first).not.toMatch(/^ *weight/m);
  });

  test("a load balancer on one machine has none", () => {
    expect(() => keepalivedConfiguration({ frontends: [FRONTEND] }, 0)).toThrow(
      "give it the argument standby",
    );
  });
});
