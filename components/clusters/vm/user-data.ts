import { SettingsError } from "../../../settings/error.ts";
import { cloudConfig, type MachineFile } from "../cloud-config.ts";
import type { Cluster } from "./check.ts";
import { clusterAuthorities, clusterPasswords } from "./identity.ts";
import {
  ADMINISTRATORS_SOURCE,
  ADMISSION,
  ADMISSION_SOURCE,
  AUDIT_POLICY,
  AUDIT_POLICY_SOURCE,
  agentConfig,
  beginConfig,
  CONFIG,
  joinConfig,
  KERNEL_SETTINGS,
  ROLE_PART,
  SERVER_DATA,
  serverConfig,
} from "./k3s.ts";
import { BEGIN, FETCH_SCRIPT, fetchSource, JOIN, ROLE_SCRIPT, roleSource, unitSource } from "./scripts.ts";

/** Nobody but root has to read it. */
const PRIVATE = "0600";

/**
 * What a fresh Debian or Ubuntu machine is told by cloud-init to become a server of the cluster. It holds the keys of
 * the cluster's authorities, if it is the first one, and the passwords to join: whoever reads it owns the cluster.
 *
 * @param index Which server, from 0.
 * @throws {SettingsError} where what comes of it is longer than EC2 takes.
 */
export function serverUserData(cluster: Cluster, index: number): string {
  const { server, agent, serverToken } = clusterPasswords(cluster);
  const first = index === 0;
  const alone = cluster.servers.length === 1;
  const begin = beginConfig(cluster, server);
  const join = joinConfig(cluster, serverToken);
  const role: MachineFile[] = alone
    ? [{ path: ROLE_PART, permissions: PRIVATE, content: begin }]
    : first
      ? [
          { path: BEGIN, permissions: PRIVATE, content: begin },
          { path: JOIN, permissions: PRIVATE, content: join },
          { path: ROLE_SCRIPT, permissions: "0755", content: roleSource(cluster) },
        ]
      : [{ path: ROLE_PART, permissions: PRIVATE, content: join }];
  return userData(
    cluster,
    "server",
    [
      { path: CONFIG, permissions: PRIVATE, content: serverConfig(cluster, index, agent) },
      ...role,
      { path: ADMISSION, permissions: PRIVATE, content: ADMISSION_SOURCE },
      { path: AUDIT_POLICY, permissions: PRIVATE, content: AUDIT_POLICY_SOURCE },
      {
        path: `${SERVER_DATA}/manifests/tradestack-administrators.yaml`,
        permissions: PRIVATE,
        content: ADMINISTRATORS_SOURCE,
      },
      // The others are given them by the first one.
      ...(first ? Object.entries(clusterAuthorities(cluster)) : []).map(([file, content]) => ({
        path: `${SERVER_DATA}/tls/${file}`,
        permissions: PRIVATE,
        content,
      })),
    ],
    first && !alone ? [FETCH_SCRIPT, ROLE_SCRIPT] : [FETCH_SCRIPT],
  );
}

/**
 * What a fresh Debian or Ubuntu machine is told to become an agent; all of them are told the same. It holds a password
 * with which others could join as agents, and nothing else that is secret.
 */
export function agentUserData(cluster: Cluster): string {
  const { agentToken } = clusterPasswords(cluster);
  const files = [
    { path: CONFIG, permissions: PRIVATE, content: agentConfig() },
    { path: ROLE_PART, permissions: PRIVATE, content: joinConfig(cluster, agentToken) },
  ];
  return userData(cluster, "agent", files, [FETCH_SCRIPT]);
}

function userData(
  cluster: Cluster,
  role: "server" | "agent",
  files: readonly MachineFile[],
  before: readonly string[],
): string {
  const unit = role === "server" ? "k3s" : "k3s-agent";
  return cloudConfig(
    [
      ...files,
      { path: "/etc/sysctl.d/90-k3s.conf", content: KERNEL_SETTINGS },
      { path: FETCH_SCRIPT, permissions: "0755", content: fetchSource(cluster) },
      { path: `/etc/systemd/system/${unit}.service`, content: unitSource(role, before) },
    ],
    {
      // Where there is no internet, the machine's image has them: all but minimal ones do.
      ...(cluster.release.images === undefined
        ? { package_update: true, packages: ["apparmor", "ca-certificates", "curl"] }
        : {}),
      runcmd: [
        ...(role === "server"
          ? [["install", "-d", "-m", "0700", SERVER_DATA, `${SERVER_DATA}/tls`, `${SERVER_DATA}/logs`]]
          : []),
        ["sysctl", "--system"],
        ["systemctl", "daemon-reload"],
        ["systemctl", "enable", unit],
        // It is ready once the cluster is, which another machine may have to begin.
        ["systemctl", "start", "--no-block", unit],
      ],
    },
    (problem) => new SettingsError(`${problem}: give cluster "${cluster.name}" shorter names and URLs`),
  );
}
