/**
 * Times `render` of a whole stack, process start to last byte: node bench/render.ts [stack] [runs]
 * The first run fills Node's compile cache and is told apart.
 */

import { spawnSync } from "node:child_process";
import { cpus, loadavg } from "node:os";
import { join } from "node:path";

const [stack = "dev", runs = "10"] = process.argv.slice(2);
const cli = join(import.meta.dirname, "../deploy/cli.ts");

function time(): { seconds: number; objects: number } {
  const start = performance.now();
  const { status, stdout, stderr } = spawnSync(process.execPath, [cli, "render", "--stack", stack], {
    encoding: "utf8",
    maxBuffer: 64 * 2 ** 20,
  });
  if (status !== 0) throw new Error(stderr);
  return { seconds: (performance.now() - start) / 1000, objects: stdout.split(/^---$/m).length - 1 };
}

const first = time();
const rest = Array.from({ length: Number(runs) }, () => time().seconds).sort((a, b) => a - b);
const median = rest[Math.floor(rest.length / 2)] ?? Number.NaN;
const show = (seconds: number | undefined): string => `${(seconds ?? Number.NaN).toFixed(2)} s`;
console.log(`render --stack ${stack}: ${first.objects} objects`);
console.log(
  `first ${show(first.seconds)}, then ${runs} runs: median ${show(median)}, from ${show(rest[0])} to ${show(rest.at(-1))}`,
);
console.log(`on ${cpus().length} cores, load average ${loadavg()[0]?.toFixed(1)}`);
