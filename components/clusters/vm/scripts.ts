import type { Cluster } from "./check.ts";
import { CONFIG_PARTS, ROLE_PART, SERVER_DATA } from "./k3s.ts";
import { API_PORT } from "./port.ts";

const DIRECTORY = "/usr/local/libexec/tradestack";
/** Where the scripts are that run before k3s starts. */
export const FETCH_SCRIPT = `${DIRECTORY}/fetch-k3s`;
export const ROLE_SCRIPT = `${DIRECTORY}/choose-role`;
/** What the first server does, of which the script takes one. */
export const BEGIN = "/etc/rancher/k3s/begin.yaml";
export const JOIN = "/etc/rancher/k3s/join.yaml";

const BINARY = "/usr/local/bin/k3s";
const IMAGES = "/var/lib/rancher/k3s/agent/images/k3s.tar.zst";

/** Brings k3s where it is missing. What is there was checked when it came, or belongs to the machine's image. */
export function fetchSource({ release }: Cluster): string {
  const files = [
    { ...release.binary, path: BINARY, mode: "0755" },
    ...(release.images === undefined ? [] : [{ ...release.images, path: IMAGES, mode: "0644" }]),
  ];
  return `#!/bin/bash
set -euo pipefail

fetch() {
  local path=$1 mode=$2 url=$3 sha256=$4
  [[ ! -e $path ]] || return 0
  mkdir -p "$(dirname "$path")"
  curl --fail --silent --show-error --location --retry 5 --retry-all-errors --output "$path.part" "$url"
  echo "$sha256  $path.part" | sha256sum --check --quiet
  chmod "$mode" "$path.part"
  mv "$path.part" "$path"
}

${files.map(({ path, mode, url, sha256 }) => `fetch ${path} ${mode} '${url}' ${sha256}`).join("\n")}
`;
}

/**
 * Says what the first server does when it starts for the first time: it begins the cluster, unless one of the others has
 * it. It then is the successor of a server that was lost, and joins.
 */
export function roleSource({ servers: [, ...others] }: Cluster): string {
  return `#!/bin/bash
set -euo pipefail

[[ ! -e ${ROLE_PART} ]] || exit 0
mkdir -p ${CONFIG_PARTS}
for _ in 1 2 3 4 5 6; do
  for server in ${others.join(" ")}; do
    if curl --fail --silent --output /dev/null --max-time 5 --cacert ${SERVER_DATA}/tls/server-ca.crt \\
      "https://$server:${API_PORT}/cacerts"; then
      install -m 600 ${JOIN} ${ROLE_PART}
      exit 0
    fi
  done
  sleep 5
done
install -m 600 ${BEGIN} ${ROLE_PART}
`;
}

/** The unit of k3s, as its installer writes it, but for what runs before. */
export function unitSource(role: "server" | "agent", before: readonly string[]): string {
  return `[Unit]
Description=Lightweight Kubernetes
Documentation=https://k3s.io
Wants=network-online.target
After=network-online.target

[Service]
Type=notify
KillMode=process
Delegate=yes
LimitNOFILE=1048576
LimitNPROC=infinity
LimitCORE=infinity
TasksMax=infinity
TimeoutStartSec=0
Restart=always
RestartSec=5s
ExecStartPre=-/sbin/modprobe br_netfilter
ExecStartPre=-/sbin/modprobe overlay
${before.map((script) => `ExecStartPre=${script}\n`).join("")}ExecStart=${BINARY} ${role}

[Install]
WantedBy=multi-user.target
`;
}
