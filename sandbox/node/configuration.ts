/** Writes every configuration file of the node. */

import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { cgroupVersion } from "./cgroups.ts";
import { cniConfig, containerdConfig } from "./containerd.ts";
import { kubeletConfig, proxyConfig } from "./kubelet.ts";
import type { Layout } from "./layout.ts";
import { tunableFile, tunables } from "./spec.ts";

/** What of the machine and the build the files depend on. */
export interface ConfigurationOptions {
  readonly pauseImage: string;
  readonly mayLowerOomScore: boolean;
}

/**
 * Renders the files that the node's programs read at their start.
 *
 * @returns Each file's content by its path.
 */
export function configurationFiles(layout: Layout, options: ConfigurationOptions): Map<string, string> {
  return new Map([
    [layout.containerdConfig, containerdConfig(layout, options)],
    [join(layout.cniConfig, "10-tradestack.conflist"), cniConfig(layout)],
    [layout.kubeletConfig, kubeletConfig(layout, cgroupVersion())],
    [layout.proxyConfig, proxyConfig(layout)],
    // CoreDNS reads this through its pod's DNS policy, and forwards to nobody.
    [layout.resolvConf, "nameserver 127.0.0.1\n"],
    ...Object.entries(tunables).map(([name, value]): [string, string] => [
      tunableFile(layout, name),
      `${value}\n`,
    ]),
  ]);
}

/** A hash of what the files say, to see whether a running node was started with the same. */
export function configurationHash(files: ReadonlyMap<string, string>): string {
  return createHash("sha256")
    .update(JSON.stringify([...files]))
    .digest("hex")
    .slice(0, 16);
}

/** Writes the files. */
export function writeFiles(files: ReadonlyMap<string, string>): void {
  for (const [path, content] of files) {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    writeFileSync(path, content, { mode: 0o600 });
  }
}

/** Writes the kubectl that uses the sandbox unless told otherwise, and keeps its cache with the sandbox's state. */
export function writeKubectl(layout: Layout, kube: string): void {
  const script = `#!/bin/sh
: "\${KUBECONFIG:=${layout.kubeconfig}}"
: "\${KUBECACHEDIR:=${join(layout.root, "kubectl-cache")}}"
export KUBECONFIG KUBECACHEDIR
exec "${kube}" kubectl "$@"
`;
  mkdirSync(layout.bin, { recursive: true });
  writeFileSync(layout.kubectl, script, { mode: 0o755 });
}
