import type { BalancerConfiguration, StandbyNodeArgs } from "./args.ts";
import { checkConfiguration } from "./check.ts";
import { HEALTH_PATH, METRICS_PORT } from "./haproxy.ts";

/** Where the script is that asks HAProxy whether it works. */
export const CHECK_SCRIPT = "/usr/local/libexec/check-haproxy";
/** User that runs it. */
export const CHECK_USER = "keepalived_script";
const ROUTER_ID = 51;
/** Of the preferred machine, and of the other one. */
const PRIORITIES = [150, 100];

/**
 * The configuration of keepalived on one machine of an active-standby pair. The one that has the virtual address says
 * so each second; three seconds of silence, and the other one takes it.
 *
 * VRRP's passwords are left out: they travel in clear text and VRRP version 3 has none. The two send to each other's
 * address only, and a firewall has to keep protocol 112 between them.
 *
 * @param index Which of the two machines.
 * @throws {LoadBalancerError} where an argument cannot be.
 */
export function keepalivedConfiguration(configuration: BalancerConfiguration, index: 0 | 1): string {
  checkConfiguration(configuration);
  const { standby, metricsPort = METRICS_PORT } = configuration;
  const own = standby?.nodes[index];
  const peer = standby?.nodes[1 - index];
  if (standby === undefined || own === undefined || peer === undefined) {
    throw new TypeError("a load balancer on one machine has no keepalived; give it the argument standby");
  }
  return `global_defs {
  script_user ${CHECK_USER}
  enable_script_security
}

vrrp_script haproxy {
  script "${CHECK_SCRIPT} ${metricsPort}"
  interval 1
  timeout 2
  fall 2
  rise 2
  init_fail
}

vrrp_instance load_balancer {
  # Both begin as backup and stay what they are: a machine that comes back does not take the address away again. For
  # that the check has no weight: where it fails, the machine falls silent, and the other one takes over.
  state BACKUP
  nopreempt
  interface ${interfaceOf(own)}
  virtual_router_id ${standby.routerId ?? ROUTER_ID}
  priority ${PRIORITIES[index]}
  advert_int 1
  unicast_src_ip ${own.address}
  unicast_peer {
    ${peer.address}
  }
  virtual_ipaddress {
    ${standby.virtualAddress}
  }
  track_script {
    haproxy
  }
}
`;
}

/** Succeeds while HAProxy answers on this machine; bash can speak TCP, so no other program has to be installed. */
export const CHECK_SOURCE = `#!/bin/bash
set -eu
exec 3<> "/dev/tcp/127.0.0.1/$1"
printf 'GET ${HEALTH_PATH} HTTP/1.0\\r\\n\\r\\n' >&3
read -r -t 1 answer <&3
[[ $answer == *" 200 "* ]]
`;

function interfaceOf(node: StandbyNodeArgs): string {
  return node.interface ?? "eth0";
}
