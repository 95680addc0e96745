import {
  asObject,
  asObjects,
  asText,
  asTexts,
  type KubernetesObject,
} from "../../deploy/manifests/manifest.ts";
import type { Stage } from "../runner/drill.ts";

/** What a pod's description allows that it must not, one line for each. Pure. */
export function laxSettings(pod: KubernetesObject): string[] {
  const spec = asObject(pod.spec);
  const whole = asObject(spec.securityContext);
  const faults: string[] = [];
  const refuse = (when: boolean, words: string) => {
    if (when) faults.push(`${pod.metadata.name}: ${words}`);
  };
  refuse(
    spec.hostNetwork === true || spec.hostPID === true || spec.hostIPC === true,
    "shares the node's namespaces",
  );
  refuse(spec.automountServiceAccountToken !== false, "is given a token of the API server");
  refuse(
    asObjects(spec.volumes).some((volume) => volume.hostPath !== undefined),
    "mounts the node's files",
  );
  for (const container of [...asObjects(spec.initContainers), ...asObjects(spec.containers)]) {
    const own = asObject(container.securityContext);
    const name = asText(container.name);
    refuse((own.runAsNonRoot ?? whole.runAsNonRoot) !== true, `${name} may run as root`);
    refuse(own.readOnlyRootFilesystem !== true, `${name} may write to its own files`);
    refuse(own.allowPrivilegeEscalation !== false, `${name} may gain privileges`);
    refuse(own.privileged === true, `${name} is privileged`);
    refuse(!asTexts(asObject(own.capabilities).drop).includes("ALL"), `${name} keeps capabilities`);
    refuse(
      asText(asObject(own.seccompProfile ?? whole.seccompProfile).type) !== "RuntimeDefault",
      `${name} may make every system call`,
    );
    const limits = asObject(asObject(container.resources).limits);
    refuse(limits.memory === undefined, `${name} may use all of the node's memory`);
  }
  return faults;
}

/** What a process finds when it looks around in its pod. */
const LOOK = `const fs = require("node:fs");
const writable = (path) => { try { fs.writeFileSync(path, ""); return true; } catch { return false; } };
const status = fs.readFileSync("/proc/self/status", "utf8");
const of = (key) => new RegExp("^" + key + ":\\\\s+(\\\\S+)", "m").exec(status)?.[1];
console.log(JSON.stringify({
  user: process.getuid(), capabilities: of("CapEff") + of("CapPrm") + of("CapBnd"), noNewPrivileges: of("NoNewPrivs"),
  seccomp: of("Seccomp"), writable: ["/app/x", "/x", "/etc/x", "/usr/x"].filter(writable),
  token: fs.existsSync("/var/run/secrets/kubernetes.io/serviceaccount/token"),
}));`;

interface Found {
  readonly user: number;
  readonly capabilities: string;
  readonly noNewPrivileges: string;
  readonly seccomp: string;
  readonly writable: readonly string[];
  readonly token: boolean;
}

/** Reads what each pod says it is, and looks around in one of each service. */
export async function tryPods({ platform, findings }: Stage, names: readonly string[]): Promise<void> {
  const { cluster, objects, namespace } = platform;
  const pods = await objects.in(namespace, "v1", "Pod");
  const lax = pods.flatMap(laxSettings);
  for (const fault of lax) findings.note(fault);
  findings.figure("pods read", pods.length);
  findings.exactly("settings that allow too much", lax.length, 0);
  let powers = 0;
  for (const name of names) {
    const [pod] = await cluster.podsOf(namespace, name);
    if (pod === undefined) continue;
    const words = ["exec", `--namespace=${namespace}`, pod, "--", "/usr/local/bin/node", "--eval", LOOK];
    const found: Found = JSON.parse(await cluster.kubectl(...words));
    const has = [
      found.user === 0 ? "is root" : "",
      /[^0]/.test(found.capabilities) ? `has capabilities ${found.capabilities}` : "",
      found.noNewPrivileges === "1" ? "" : "may gain privileges",
      found.seccomp === "2" ? "" : "may make every system call",
      found.writable.length > 0 ? `writes to ${found.writable.join(", ")}` : "",
      found.token ? "has a token of the API server" : "",
    ].filter(Boolean);
    for (const power of has) findings.note(`inside ${pod}: ${power}`);
    powers += has.length;
  }
  findings.exactly("powers that a process in a service's pod has", powers, 0);
}
