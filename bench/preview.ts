/**
 * Times `pulumi preview` of the whole dev stack beside its floor, a program of as many empty ConfigMaps, in turns on the
 * same machine: node bench/preview.ts [runs]
 * It needs the upstream `pulumi` on PATH. State is kept in a temporary folder; nothing is deployed.
 */

import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { findPulumi } from "../deploy/pulumi/command.ts";
import { ROOT } from "../deploy/stack/read.ts";
import { readProgram } from "../deploy/stack/wanted.ts";
import { sandboxAddress } from "../sandbox/index.ts";

const [runs = "5"] = process.argv.slice(2);
const STACK = "dev";
/** What the engine's floor may be exceeded by (docs/benchmarks.md). */
const GOAL = 1.2;

const pulumi = findPulumi();
if (pulumi === undefined) {
  process.stderr.write(
    "error: there is no pulumi on PATH; install it (https://www.pulumi.com/docs/install)\n",
  );
  process.exit(1);
}

const home = mkdtempSync(join(tmpdir(), "tradestack-bench-preview-"));
process.once("exit", () => rmSync(home, { recursive: true, force: true }));

/** A project whose program is elsewhere, with a backend of its own. */
interface Project {
  readonly folder: string;
  readonly stack: string;
}

function makeProject(name: string, main: string, config: object): Project {
  const folder = join(home, name);
  mkdirSync(folder);
  const { runtime } = parse(readFileSync(join(ROOT, "Pulumi.yaml"), "utf8"));
  writeFileSync(join(folder, "Pulumi.yaml"), stringify({ name, runtime, main }));
  writeFileSync(join(folder, `Pulumi.${STACK}.yaml`), stringify({ config }));
  mkdirSync(join(home, `${name}-state`));
  const project = { folder, stack: STACK };
  run(project, ["stack", "init", STACK]);
  return project;
}

function run({ folder }: Project, args: readonly string[]): number {
  const start = performance.now();
  const { status, stdout, stderr } = spawnSync(pulumi ?? "pulumi", [...args, "--non-interactive"], {
    cwd: folder,
    encoding: "utf8",
    env: {
      ...process.env,
      PULUMI_BACKEND_URL: `file://${folder}-state`,
      PULUMI_CONFIG_PASSPHRASE: "nothing secret is in it",
      PULUMI_SKIP_UPDATE_CHECK: "true",
    },
  });
  if (status !== 0) throw new Error(`pulumi ${args.join(" ")}: ${stderr || stdout}`);
  return (performance.now() - start) / 1000;
}

const preview = (project: Project): number => run(project, ["preview", "--stack", project.stack]);
const median = (times: readonly number[]): number =>
  times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] ?? Number.NaN;
const show = (times: readonly number[]): string =>
  `median ${median(times).toFixed(2)} s, from ${Math.min(...times).toFixed(2)} s to ${Math.max(...times).toFixed(2)} s`;

const started = performance.now();
const { resources } = await readProgram(STACK, ROOT);
const alone = (performance.now() - started) / 1000;
const { config } = parse(readFileSync(join(ROOT, `Pulumi.${STACK}.yaml`), "utf8"));

const stack = makeProject("tradestack", ROOT, config);
const { kubeconfig, context } = sandboxAddress();
const floor = makeProject("floor", join(ROOT, "bench/floor"), {
  "floor:count": resources.length,
  "floor:kubeconfig": kubeconfig,
  "floor:context": context,
});

// The first of each starts providers for the first time and fills Node's compile cache.
const first = { floor: preview(floor), stack: preview(stack) };
const times = { floor: [] as number[], stack: [] as number[] };
for (let round = 0; round < Number(runs); round += 1) {
  times.floor.push(preview(floor));
  times.stack.push(preview(stack));
}
const ratio = median(times.stack) / median(times.floor);
console.log(`${resources.length} resources; the program alone, without an engine: ${alone.toFixed(2)} s`);
console.log(`floor: first ${first.floor.toFixed(2)} s, then ${show(times.floor)}`);
console.log(`stack: first ${first.stack.toFixed(2)} s, then ${show(times.stack)}`);
console.log(
  `ratio ${ratio.toFixed(2)} (goal: ${GOAL} at the most): ${ratio <= GOAL ? "reached" : "not reached"}`,
);
console.log(`on ${cpus().length} cores, load average ${loadavg()[0]?.toFixed(1)}`);
