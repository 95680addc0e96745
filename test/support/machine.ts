import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";

/** Kernel settings that a Kubernetes node usually changes for the whole machine. */
const settings = [
  "kernel/keys/root_maxbytes",
  "kernel/keys/root_maxkeys",
  "kernel/panic",
  "kernel/panic_on_oops",
  "net/bridge/bridge-nf-call-iptables",
  "net/ipv4/conf/all/route_localnet",
  "net/ipv4/ip_forward",
  "net/ipv6/conf/all/disable_ipv6",
  "vm/overcommit_memory",
  "vm/panic_on_oom",
];

/** Directories that Kubernetes, containerd and CNI plugins leave things in. */
const directories = [
  "/etc/cni",
  "/opt/cni",
  "/run/netns",
  "/var/lib/cni",
  "/var/lib/kubelet",
  "/var/log/containers",
  "/var/log/pods",
];

const say = (program: string, ...args: string[]): string[] =>
  execFileSync(program, args, { encoding: "utf8" }).split("\n").filter(Boolean).sort();

const entries = (path: string): string[] | undefined =>
  existsSync(path) ? readdirSync(path).sort() : undefined;

/** Programs that run out of a state directory, or containers' shims of its containerd. */
function processesOf(home: string): string[] {
  return readdirSync("/proc")
    .filter((entry) => /^\d+$/.test(entry))
    .flatMap((pid) => {
      try {
        const program = readlinkSync(join("/proc", pid, "exe"));
        const words = readFileSync(join("/proc", pid, "cmdline"), "utf8");
        return program.startsWith(home) || (/containerd/.test(program) && words.includes(home))
          ? [words]
          : [];
      } catch {
        return []; // ended meanwhile, or one of the kernel's own
      }
    });
}

/**
 * All of the machine's state that a sandbox could leave a trace in, to be compared before and after.
 *
 * @param home The sandbox's state directory.
 */
export function machineState(home: string): Record<string, unknown> {
  const mounts = readFileSync("/proc/self/mounts", "utf8").split("\n");
  const cgroups = mounts.filter((line) => / cgroup2? /.test(line)).map((line) => line.split(" ")[1] ?? "");
  return {
    settings: settings.map((name) => {
      const path = join("/proc/sys", name);
      return [name, existsSync(path) ? readFileSync(path, "utf8").trim() : undefined];
    }),
    links: readdirSync("/sys/class/net").sort(),
    routes: say("ip", "route", "show", "table", "all"),
    rules: say("nft", "list", "ruleset"),
    mounts: mounts.map((line) => line.split(" ")[1]).sort(),
    cgroups: cgroups.map((path) => [path, entries(path)?.filter((name) => /tradestack|kubepods/.test(name))]),
    directories: directories.map((path) => [path, entries(path)]),
    processes: processesOf(home),
  };
}
