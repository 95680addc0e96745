import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Stage } from "../runner/drill.ts";

/** Most that a pod's log or a rendering may be, in bytes. */
const MOST = 1 << 28;

/**
 * Words in a secret that can only be a password or a key: long, of letters of both cases and digits, without a pattern.
 * Names of users and hosts, which are no secrets, stand in the same files. Pure.
 */
export const passwordsIn = (text: string): string[] =>
  (text.match(/[A-Za-z0-9_-]{32,}/g) ?? []).filter(
    (word) => /[a-z]/.test(word) && /[A-Z]/.test(word) && (word.match(/\d/g)?.length ?? 0) >= 2,
  );

/** Looks for every password of the environment wherever it must not be. */
export async function trySecrets({ platform, findings, say }: Stage): Promise<void> {
  const { cluster, namespace, stack } = platform;
  const get = async (...kinds: string[]) =>
    cluster.kubectl("get", kinds.join(), `--namespace=${namespace}`, "--output=json", "--ignore-not-found");
  const secrets: { items: { data?: Record<string, string> }[] } = JSON.parse(await get("secrets"));
  const values = secrets.items.flatMap(({ data }) => Object.values(data ?? {}));
  const plain = values.map((value) => Buffer.from(value, "base64").toString());
  const passwords = [...new Set(plain.flatMap(passwordsIn))];
  const places = new Map<string, string>();
  const kinds = [
    "configmaps",
    "deployments",
    "statefulsets",
    "jobs",
    "pods",
    "events",
    "services",
    "ingresses",
  ];
  places.set("the objects of the cluster", await get(...kinds));
  const render = [join(import.meta.dirname, "../../deploy/cli.ts"), "render", "--stack", stack];
  const rendered = await promisify(execFile)(process.execPath, render, { maxBuffer: MOST });
  places.set("the rendered manifests", rendered.stdout);
  for (const pod of await cluster.podNames(namespace)) {
    const log = ["logs", pod, `--namespace=${namespace}`, "--all-containers", "--tail=200000"];
    places.set(`the log of ${pod.replace("pod/", "")}`, await cluster.kubectl(...log).catch(() => ""));
  }
  let found = 0;
  for (const [place, text] of places) {
    const count = passwords.filter(
      (password) => text.includes(password) || text.includes(Buffer.from(password).toString("base64")),
    ).length;
    if (count > 0) findings.note(`${count} passwords stand in ${place}`);
    found += count;
  }
  const size = [...places.values()].reduce((sum, text) => sum + text.length, 0);
  say(`looked for ${passwords.length} passwords in ${places.size} places`);
  findings.figure("passwords looked for", passwords.length);
  findings.figure("places looked at", `${places.size}, ${(size / 2 ** 20).toFixed(1)} MiB`);
  findings.atLeast("passwords that there are to look for", passwords.length, 1);
  findings.exactly("passwords that stand in a log, an object or a rendering", found, 0);
}
