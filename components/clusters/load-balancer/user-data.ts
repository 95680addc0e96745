import { cloudConfig, type MachineFile } from "../cloud-config.ts";
import type { BalancerConfiguration } from "./args.ts";
import { LoadBalancerError } from "./check.ts";
import { haproxyConfiguration, openFiles } from "./haproxy.ts";
import { CHECK_SCRIPT, CHECK_SOURCE, CHECK_USER, keepalivedConfiguration } from "./keepalived.ts";

/** What both services can do without, whatever they are asked. */
const CONFINED = `NoNewPrivileges=yes
ProtectSystem=strict
ProtectHome=yes
PrivateTmp=yes
ProtectKernelModules=yes
ProtectControlGroups=yes
ProtectClock=yes
ProtectHostname=yes
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
LockPersonality=yes
SystemCallArchitectures=native
`;

/**
 * HAProxy is never root: it is given the one right that it needs, to listen on ports below 1024. What Debian's unit
 * puts in /run goes to a directory of its own there, as /run itself is root's.
 */
const haproxyUnit = (configuration: BalancerConfiguration) => `[Service]
User=haproxy
Group=haproxy
AmbientCapabilities=CAP_NET_BIND_SERVICE
CapabilityBoundingSet=CAP_NET_BIND_SERVICE
RuntimeDirectory=haproxy
RuntimeDirectoryMode=0750
Environment="PIDFILE=/run/haproxy/haproxy.pid" "EXTRAOPTS=-S /run/haproxy/master.sock"
# It logs to the journal; Debian's unit would bring in the socket of syslog.
BindReadOnlyPaths=
LimitNOFILE=${openFiles(configuration)}
PrivateDevices=yes
ProtectKernelTunables=yes
ProtectKernelLogs=yes
ProtectProc=invisible
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX
${CONFINED}`;

/** keepalived is root, but only to change addresses, to send VRRP, and to become the user of its check. */
const KEEPALIVED_UNIT = `[Unit]
After=haproxy.service

[Service]
CapabilityBoundingSet=CAP_NET_ADMIN CAP_NET_RAW CAP_SETUID CAP_SETGID CAP_KILL
ReadWritePaths=/run
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX AF_NETLINK AF_PACKET
${CONFINED}`;

/**
 * What a fresh Debian or Ubuntu machine is told by cloud-init to become this load balancer. Nothing in it is secret.
 *
 * The files are there before the packages are installed, so that the services start once, with them.
 *
 * @param index Which machine of an active-standby pair; 0 where there is one.
 * @throws {LoadBalancerError} where an argument cannot be, or what comes of them is longer than EC2 takes.
 */
export function loadBalancerUserData(configuration: BalancerConfiguration, index: 0 | 1 = 0): string {
  const isPair = configuration.standby !== undefined;
  const services = isPair ? ["haproxy", "keepalived"] : ["haproxy"];
  const files: MachineFile[] = [
    { path: "/etc/haproxy/haproxy.cfg", content: haproxyConfiguration(configuration) },
    { path: dropIn("haproxy"), content: haproxyUnit(configuration) },
  ];
  if (isPair) {
    files.push(
      { path: "/etc/keepalived/keepalived.conf", content: keepalivedConfiguration(configuration, index) },
      { path: dropIn("keepalived"), content: KEEPALIVED_UNIT },
      { path: CHECK_SCRIPT, content: CHECK_SOURCE, permissions: "0755" },
    );
  }
  const check = { name: CHECK_USER, system: true, shell: "/usr/sbin/nologin", no_create_home: true };
  return cloudConfig(
    files,
    {
      ...(isPair ? { users: ["default", check] } : {}),
      package_update: true,
      packages: services,
      runcmd: [
        ["systemctl", "daemon-reload"],
        ...services.flatMap((service) => [
          ["systemctl", "enable", service],
          // Also where the machine's image has brought the package, and it runs with other settings.
          ["systemctl", "restart", service],
        ]),
      ],
    },
    (problem) => new LoadBalancerError(`${problem}: give this load balancer fewer frontends or servers`),
  );
}

function dropIn(service: string): string {
  return `/etc/systemd/system/${service}.service.d/tradestack.conf`;
}
