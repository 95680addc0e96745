/**
 * `npm test`: every check there is, cheapest first, and one closing line that counts them.
 *
 * The rings that need a cluster take the sandbox, or the one named by `--context`. A machine that can host
 * neither is told why and the run fails: a proof that did not run has not passed. `--without-cluster` leaves
 * those rings out on purpose and says so in the closing line.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { type Count, countGoTests, countVitest, type Stage, summaryLine } from "./support/count.ts";

const { values: flags } = parseArgs({
  options: {
    context: { type: "string" },
    "without-cluster": { type: "boolean", default: false },
  },
});
if (flags.context !== undefined) process.env.TRADESTACK_CONTEXT = flags.context;
// Some of the tools take CI for a terminal.
if (!process.stdout.isTTY) process.env.NO_COLOR ??= "1";

const root = join(import.meta.dirname, "..");
const scratch = mkdtempSync(join(tmpdir(), "tradestack-test-"));

/** Runs a command whose success is one check. */
function check(name: string, command: string, ...args: string[]): Count {
  const { status } = spawnSync(command, args, { cwd: root, stdio: "inherit" });
  return status === 0
    ? { name, passed: 1, failed: 0, skipped: 0 }
    : { name, passed: 0, failed: 1, skipped: 0 };
}

/** Runs vitest's projects with a name or pattern and counts their tests. */
function vitest(name: string, project = name): Count {
  const report = join(scratch, `${name}.json`);
  const { status } = spawnSync(
    "vitest",
    ["run", "--project", project, "--reporter=default", "--reporter=json", `--outputFile=${report}`],
    { cwd: root, stdio: "inherit" },
  );
  return countVitest(name, () => readFileSync(report, "utf8"), status);
}

/** Runs the tests of a Go module that stands in this repository. */
function goTests(name: string, module: string, packages: string): Count {
  const { status, stdout } = spawnSync("go", ["test", "-json", packages], {
    cwd: join(root, module),
    stdio: ["ignore", "pipe", "inherit"],
    encoding: "utf8",
    maxBuffer: 1 << 28,
  });
  return countGoTests(name, stdout ?? "", status, (line) => console.log(line));
}

const stages: readonly Stage[] = [
  { name: "types", cluster: false, run: () => check("types", "npm", "run", "--silent", "check:types") },
  { name: "lint", cluster: false, run: () => check("lint", "biome", "ci", ".") },
  { name: "unit", cluster: false, run: () => vitest("unit", "unit*") },
  {
    name: "network policy controller",
    cluster: true,
    run: () => goTests("network policy controller", "sandbox/go/kube", "./networkpolicy/..."),
  },
  {
    name: "node supervisor",
    cluster: true,
    run: () => goTests("node supervisor", "sandbox/go/node", "./..."),
  },
  { name: "integration", cluster: true, run: () => vitest("integration", "integration*") },
  { name: "end to end", cluster: true, run: () => vitest("e2e") },
];

const counts: Count[] = [];
try {
  for (const stage of stages) {
    if (stage.cluster && flags["without-cluster"]) {
      console.log(`\n${stage.name}: left out, because of --without-cluster`);
      counts.push({ name: stage.name, passed: 0, failed: 0, skipped: 1 });
      continue;
    }
    console.log(`\n── ${stage.name} ──`);
    const started = performance.now();
    const count = stage.run();
    console.log(
      `${stage.name}: ${summaryLine([count])} in ${((performance.now() - started) / 1000).toFixed(0)} s`,
    );
    counts.push(count);
  }
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

const failed = counts.filter((count) => count.failed > 0).map((count) => count.name);
if (failed.length > 0) console.log(`\nfailed: ${failed.join(", ")}`);
console.log(`\n${summaryLine(counts)}`);
process.exitCode = failed.length > 0 ? 1 : 0;
