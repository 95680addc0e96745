import { isIPv4, isIPv6 } from "node:net";
import type { BalancerConfiguration, FrontendArgs, StandbyArgs } from "./args.ts";
import { METRICS_NAME, METRICS_PORT } from "./haproxy.ts";
import { contains, hostOf, parseNetwork } from "./network.ts";

/**
 * What may stand in the configurations. Every text that gets there has a pattern that leaves no room for a blank, a
 * quote, a comment or a new line: there is nothing to escape.
 */

const NAME = /^[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
const FILE = /^(?:\/(?!\.{1,2}(?:\/|$))[A-Za-z0-9._-]+)+$/;
const URL_PATH = /^\/[A-Za-z0-9._~/?=&%+,:@-]*$/;
/** As Linux has it: 15 bytes at most. */
const INTERFACE = /^[A-Za-z][A-Za-z0-9._-]{0,14}$/;
const MODES = ["http", "tcp"];
const ALGORITHMS = ["roundrobin", "leastconn"];
const DAY = 86_400;
/** Longest path that a Unix socket can have. */
const SOCKET_PATH = 107;

/** Two files each, and Linux gives a process a million at the most unless it is told otherwise (`fs.nr_open`). */
const MOST_CONNECTIONS = 500_000;

/** An argument of a load balancer that cannot be. The message names it, its value and the remedy. */
export class LoadBalancerError extends Error {
  override readonly name = "LoadBalancerError";
}

/**
 * Refuses what HAProxy or keepalived would not take, or would take for something else.
 *
 * @throws {LoadBalancerError} at the first argument that cannot be.
 */
export function checkConfiguration(configuration: BalancerConfiguration): void {
  const { frontends, timeouts = {}, maxConnections, metricsPort, adminSocket, standby } = configuration;
  if (frontends.length === 0) refuse("frontends", [], "give it at least one port to listen on");
  const names = new Set([METRICS_NAME]);
  const ports = new Map<number, string>();
  const listen = (port: number, path: string) => {
    whole(path, port, 1, 65_535);
    const other = ports.get(port);
    if (other !== undefined) refuse(path, port, `${other} listens there already; choose another port`);
    ports.set(port, path);
  };
  listen(metricsPort ?? METRICS_PORT, "metricsPort");
  for (const [index, frontend] of frontends.entries()) {
    const path = `frontends[${index}]`;
    unique(`${path}.name`, frontend.name, names);
    listen(frontend.port, `${path}.port`);
    const { redirectPort } = frontend.tls ?? {};
    if (redirectPort !== undefined) listen(redirectPort, `${path}.tls.redirectPort`);
    checkFrontend(path, frontend);
  }
  for (const [key, seconds] of Object.entries(timeouts)) duration(`timeouts.${key}`, seconds);
  if (maxConnections !== undefined) whole("maxConnections", maxConnections, 1, MOST_CONNECTIONS);
  if (adminSocket !== undefined) {
    text("adminSocket", adminSocket, FILE, "an absolute path without blanks");
    if (adminSocket.length > SOCKET_PATH) refuse("adminSocket", adminSocket, "107 letters at most");
  }
  if (standby !== undefined) checkStandby(standby);
}

function checkFrontend(path: string, { mode = "http", balance, servers, health, tls }: FrontendArgs): void {
  oneOf(`${path}.mode`, mode, MODES);
  if (balance !== undefined) oneOf(`${path}.balance`, balance, ALGORITHMS);
  if (servers.length === 0) refuse(`${path}.servers`, [], "give it at least one server");
  const names = new Set<string>();
  for (const [index, server] of servers.entries()) {
    const at = `${path}.servers[${index}]`;
    unique(`${at}.name`, server.name, names);
    address(`${at}.address`, server.address);
    whole(`${at}.port`, server.port, 1, 65_535);
    if (server.weight !== undefined) whole(`${at}.weight`, server.weight, 0, 256);
  }
  if (servers.every(({ weight }) => weight === 0)) {
    refuse(`${path}.servers`, "weight 0 everywhere", "give at least one server a weight above 0");
  }
  if (health?.path !== undefined) {
    text(`${path}.health.path`, health.path, URL_PATH, "a path such as /ready");
  }
  if (health?.port !== undefined) whole(`${path}.health.port`, health.port, 1, 65_535);
  if (health?.intervalSeconds !== undefined)
    duration(`${path}.health.intervalSeconds`, health.intervalSeconds);
  if (health?.fall !== undefined) whole(`${path}.health.fall`, health.fall, 1, 100);
  if (health?.rise !== undefined) whole(`${path}.health.rise`, health.rise, 1, 100);
  if (tls === undefined) return;
  text(`${path}.tls.certificate`, tls.certificate, FILE, "an absolute path without blanks");
  if (tls.redirectPort !== undefined && mode !== "http") {
    refuse(`${path}.tls.redirectPort`, tls.redirectPort, 'only mode "http" can redirect; leave it out');
  }
}

function checkStandby({ virtualAddress, nodes, routerId }: StandbyArgs): void {
  const network = parseNetwork(virtualAddress);
  if (network === undefined) {
    refuse("standby.virtualAddress", virtualAddress, "write an IPv4 address and its prefix: 10.0.1.10/24");
  }
  if (network.reserved) {
    refuse("standby.virtualAddress", virtualAddress, "the network itself has this address; choose another");
  }
  if (nodes.length !== 2) refuse("standby.nodes", nodes.length, "name two machines, the preferred one first");
  const seen = new Set([hostOf(virtualAddress)]);
  for (const [index, node] of nodes.entries()) {
    const path = `standby.nodes[${index}].address`;
    if (!isIPv4(node.address)) refuse(path, node.address, "write an IPv4 address");
    if (seen.has(node.address)) {
      refuse(path, node.address, "each machine and the pair have an address of their own");
    }
    seen.add(node.address);
    if (!contains(network, node.address)) {
      refuse(
        path,
        node.address,
        `it is outside ${virtualAddress}, and an address moves only within a network`,
      );
    }
    if (node.interface !== undefined) {
      text(`standby.nodes[${index}].interface`, node.interface, INTERFACE, "such as eth0");
    }
  }
  if (routerId !== undefined) whole("standby.routerId", routerId, 1, 255);
}

function unique(path: string, name: string, names: Set<string>): void {
  text(path, name, NAME, "small letters, digits and dashes, 63 at most, a letter first");
  if (names.has(name)) refuse(path, name, "it is taken; choose another name");
  names.add(name);
}

function address(path: string, value: string): void {
  // A zone such as fe80::1%eth0 is good on one machine only.
  if (isIPv4(value) || (isIPv6(value) && !value.includes("%"))) return;
  refuse(path, value, "write an IPv4 or IPv6 address; a host name would be looked up only once");
}

function oneOf(path: string, value: string, choices: readonly string[]): void {
  if (!choices.includes(value)) refuse(path, value, `write ${choices.map((one) => `"${one}"`).join(" or ")}`);
}

function text(path: string, value: string, pattern: RegExp, remedy: string): void {
  if (!pattern.test(value)) refuse(path, value, `write ${remedy}`);
}

function whole(path: string, value: number, least: number, most: number): void {
  if (!Number.isInteger(value) || value < least || value > most) {
    refuse(path, value, `write a whole number from ${least} to ${most}`);
  }
}

function duration(path: string, value: number): void {
  if (!(value >= 0.1 && value <= DAY)) refuse(path, value, `write seconds, from 0.1 to ${DAY}`);
}

function refuse(path: string, value: unknown, remedy: string): never {
  throw new LoadBalancerError(`${path}: ${JSON.stringify(value)} cannot be: ${remedy}`);
}
