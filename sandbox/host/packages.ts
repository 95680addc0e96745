/** Debian packages that the node and the image builder need. */

import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { run, succeeds } from "../command.ts";

/** Each package, and a file that shows that it, or an equal from elsewhere, is installed. */
const packages: Readonly<Record<string, string>> = {
  containerd: "/usr/bin/containerd",
  runc: "/usr/sbin/runc",
  "containernetworking-plugins": "/usr/lib/cni/ptp",
  iptables: "/usr/sbin/iptables",
  iproute2: "/usr/sbin/ip",
  nftables: "/usr/sbin/nft",
  openssl: "/usr/bin/openssl",
  mmdebstrap: "/usr/bin/mmdebstrap",
};

/** Names of the packages that are missing. */
export function missingPackages(exists: (path: string) => boolean = existsSync): string[] {
  return Object.entries(packages)
    .filter(([, file]) => !exists(file))
    .map(([name]) => name);
}

const POLICY = "/usr/sbin/policy-rc.d";
const MARK = "# made by Tradestack's sandbox for the time of one installation";

/**
 * Installs packages. No service of theirs is started now or at the next boot: the sandbox runs a containerd of its
 * own, and a machine that had none goes on having none.
 *
 * @param detail Takes what the package manager says.
 * @throws {CommandError} with the package manager's words.
 */
export async function installPackages(
  names: readonly string[],
  detail: (text: string) => void,
): Promise<void> {
  const apt = async (...args: string[]) => {
    await run(["apt-get", "--quiet", ...args], {
      env: { DEBIAN_FRONTEND: "noninteractive" },
      onLine: detail,
    });
  };
  removeServicePolicy();
  const own = !existsSync(POLICY);
  if (own) writeFileSync(POLICY, `#!/bin/sh\n${MARK}\nexit 101\n`, { mode: 0o755 });
  try {
    await apt("update");
    await apt("install", "--yes", "--no-install-recommends", ...names);
  } finally {
    if (own) removeServicePolicy();
  }
  if (names.includes("containerd")) await succeeds(["systemctl", "disable", "containerd.service"]);
}

/** Removes the rule against starting services, if an interrupted installation left ours behind. */
export function removeServicePolicy(): void {
  if (existsSync(POLICY) && readFileSync(POLICY, "utf8").includes(MARK)) rmSync(POLICY);
}
