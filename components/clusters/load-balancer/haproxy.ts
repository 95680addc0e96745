import { isIPv6 } from "node:net";
import type {
  BalancerConfiguration,
  FrontendArgs,
  HealthCheckArgs,
  ServerArgs,
  TimeoutArgs,
} from "./args.ts";
import { checkConfiguration } from "./check.ts";

/** Port of metrics and of its own health. */
export const METRICS_PORT = 8405;
/** What the port of metrics is called; no other port may be. */
export const METRICS_NAME = "metrics";
/** Path that answers while HAProxy works. */
export const HEALTH_PATH = "/healthz";
/** Where an administrator on the machine talks to HAProxy. */
const ADMIN_SOCKET = "/run/haproxy/admin.sock";
const MAX_CONNECTIONS = 20_000;
/** How often another server is tried for a request that did not reach the first one. */
const RETRIES = 3;

/** Mozilla's intermediate recommendation for TLS 1.2; TLS 1.3 has nothing to choose. */
const CIPHERS = [
  "ECDHE-ECDSA-AES128-GCM-SHA256",
  "ECDHE-RSA-AES128-GCM-SHA256",
  "ECDHE-ECDSA-AES256-GCM-SHA384",
  "ECDHE-RSA-AES256-GCM-SHA384",
  "ECDHE-ECDSA-CHACHA20-POLY1305",
  "ECDHE-RSA-CHACHA20-POLY1305",
].join(":");

/**
 * The configuration of HAProxy (`haproxy.cfg`), for version 2.6 and later.
 *
 * It names neither a user nor a directory to be locked into: HAProxy is started without rights that it would have to
 * give up (see user-data.ts).
 *
 * @throws {LoadBalancerError} where an argument cannot be.
 * @example
 * haproxyConfiguration({
 *   frontends: [{ name: "shop", port: 80, servers: [{ name: "worker-1", address: "10.0.1.11", port: 30080 }] }],
 * });
 */
export function haproxyConfiguration(configuration: BalancerConfiguration): string {
  checkConfiguration(configuration);
  const sections = [
    globalSection(configuration),
    defaultsSection(configuration.timeouts ?? {}),
    metricsSection(configuration.metricsPort ?? METRICS_PORT),
    ...configuration.frontends.map(frontendSection),
  ];
  return sections
    .map(([head, ...lines]) => [head, ...lines.map((line) => `  ${line}`), ""].join("\n"))
    .join("\n");
}

/**
 * How many files HAProxy has to be allowed to open: two for each connection, and some of its own. With fewer it does
 * not start.
 */
export function openFiles({ maxConnections = MAX_CONNECTIONS }: BalancerConfiguration): number {
  return 2 * maxConnections + 1000;
}

function globalSection({
  adminSocket = ADMIN_SOCKET,
  maxConnections = MAX_CONNECTIONS,
}: BalancerConfiguration) {
  return [
    "global",
    "log stdout format raw local0 info",
    `maxconn ${maxConnections}`,
    // A reload hands the listening sockets to the new process over this one, so that no connection is refused.
    `stats socket ${adminSocket} mode 600 level admin expose-fd listeners`,
    // After a reload the old process ends at the latest then, whatever is still connected to it.
    "hard-stop-after 1h",
    "ssl-default-bind-options ssl-min-ver TLSv1.2 no-tls-tickets",
    `ssl-default-bind-ciphers ${CIPHERS}`,
  ];
}

function defaultsSection(timeouts: TimeoutArgs) {
  return [
    "defaults",
    "log global",
    "option dontlognull",
    `timeout connect ${milliseconds(timeouts.connectSeconds ?? 3)}`,
    `timeout client ${milliseconds(timeouts.clientSeconds ?? 60)}`,
    `timeout server ${milliseconds(timeouts.serverSeconds ?? 60)}`,
    `timeout http-request ${milliseconds(timeouts.requestSeconds ?? 10)}`,
    `timeout tunnel ${milliseconds(timeouts.tunnelSeconds ?? 3600)}`,
    // Until its checks have found a server dead, what cannot reach it goes to another one at once.
    `retries ${RETRIES}`,
    "option redispatch 1",
  ];
}

function metricsSection(port: number) {
  return [
    `frontend ${METRICS_NAME}`,
    `bind 127.0.0.1:${port}`,
    "mode http",
    "option dontlog-normal",
    `monitor-uri ${HEALTH_PATH}`,
    "http-request use-service prometheus-exporter if { path /metrics }",
    "http-request return status 404",
  ];
}

function frontendSection(frontend: FrontendArgs) {
  const { name, mode = "http", balance = "roundrobin", servers, health = {} } = frontend;
  return [
    `listen ${name}`,
    ...bindLines(frontend),
    `mode ${mode}`,
    `balance ${balance}`,
    ...(mode === "http" ? httpLines(frontend) : ["option tcplog"]),
    ...checkLines(health),
    `default-server ${checkParameters(health, mode)}`,
    ...servers.map(serverLine),
  ];
}

/** IPv4 and IPv6 apart: one socket for both would call clients `::ffff:10.0.0.1`. */
function bindLines({ port, mode = "http", tls }: FrontendArgs): string[] {
  const both = (on: number, parameters = "") => [
    `bind 0.0.0.0:${on}${parameters}`,
    `bind :::${on} v6only${parameters}`,
  ];
  if (tls === undefined) return both(port);
  const encrypted = both(port, ` ssl crt ${tls.certificate}${mode === "http" ? " alpn h2,http/1.1" : ""}`);
  return tls.redirectPort === undefined ? encrypted : [...encrypted, ...both(tls.redirectPort)];
}

function httpLines({ port, tls }: FrontendArgs): string[] {
  const authority = port === 443 ? "%[hdr(host),field(1,:)]" : `%[hdr(host),field(1,:)]:${port}`;
  return [
    "option httplog",
    // What a client says of itself in these headers is not true until somebody who knows has said it.
    "http-request set-header X-Forwarded-For %[src]",
    `http-request set-header X-Forwarded-Proto ${tls === undefined ? "http" : "https"}`,
    ...(tls?.redirectPort === undefined
      ? []
      : [`http-request redirect location https://${authority}%[capture.req.uri] code 308 unless { ssl_fc }`]),
    // A server that dies before it answers may have done what it was asked to: only reading is asked for again.
    "retry-on conn-failure empty-response",
    "http-request disable-l7-retry unless METH_GET",
  ];
}

function checkLines({ path }: HealthCheckArgs): string[] {
  if (path === undefined) return [];
  return [
    "option httpchk",
    `http-check send meth GET uri ${path} ver HTTP/1.1 hdr Host load-balancer`,
    "http-check expect status 200-399",
  ];
}

function checkParameters(
  { intervalSeconds = 2, fall = 3, rise = 2, port }: HealthCheckArgs,
  mode: string,
): string {
  const interval = milliseconds(intervalSeconds);
  return [
    `check inter ${interval} fastinter ${milliseconds(intervalSeconds / 4)} downinter ${interval}`,
    `fall ${fall} rise ${rise}`,
    ...(port === undefined ? [] : [`port ${port}`]),
    // Connections that last, such as a watch on the Kubernetes API, would hang on to a server that is gone.
    ...(mode === "tcp" ? ["on-marked-down shutdown-sessions"] : []),
  ].join(" ");
}

function serverLine({ name, address, port, weight = 1 }: ServerArgs): string {
  return `server ${name} ${isIPv6(address) ? `[${address}]` : address}:${port} weight ${weight}`;
}

function milliseconds(seconds: number): string {
  return `${Math.round(seconds * 1000)}ms`;
}
