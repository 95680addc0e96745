import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { exitCodeOf, tell } from "../deploy/failure.ts";
import { services } from "../services/index.ts";
import { rendered } from "../test/support/rendered.ts";
import type { Plan } from "./plan/plan.ts";
import { run } from "./run.ts";

/** Exit code and output of the command, for the dev stack as its program describes it. */
async function planned(...argv: string[]): Promise<{ code: number; output: string }> {
  const output: string[] = [];
  const code = await run(argv, (text) => output.push(text), rendered);
  return { code, output: output.join("") };
}

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), "tradestack-plan-"));
  onTestFinished(() => rmSync(path, { recursive: true }));
  return path;
}

// The stack's program is a process of its own, which takes its time on a busy machine.
test("the dev stack is planned with all that it deploys", { timeout: 60_000 }, async () => {
  const svg = join(folder(), "plan.svg");
  const trace = join(folder(), "quiet.csv");
  writeFileSync(trace, "seconds,orders_per_minute\n0,2\n600,4\n");
  const { code, output } = await planned("--trace", trace, "--node", "m7i.xlarge", "--svg", svg, "--json");
  const plan: Plan = JSON.parse(output);
  expect(plan.workloads.map(({ name }) => name)).toEqual(
    expect.arrayContaining([...services.map(({ name }) => name), "postgres", "rabbitmq", "redis"]),
  );
  expect(plan).toMatchObject({ stack: "dev", droppedOrders: 0, nodes: { type: "m7i.xlarge", peak: 1 } });
  expect(code).toBe(0);
  expect(readFileSync(svg, "utf8")).toMatch(/^<svg /);
  const tooMuch = await planned("--trace", "step", "--orders-per-minute", "100000", "--node", "m7i.xlarge");
  expect(tooMuch.code).toBe(1);
  expect(tooMuch.output).toContain("the first to be too small: ");
});

test("help is help", async () => {
  const { code, output } = await planned("--help");
  expect(code).toBe(0);
  expect(output).toMatch(/^Usage: npm run plan -- /);
});

test.each([
  [
    ["--trace", "none.csv"],
    "none.csv cannot be read; name a CSV file with the columns seconds,orders_per_minute",
  ],
  [["--prices", "none.json"], "none.json cannot be read; name a file of prices"],
  [["--trace", "dayly"], '"dayly" is not a known trace; did you mean "daily"?'],
])("%j is refused before the stack is looked at, with exit code 2", async (argv, message) => {
  const error = await run(
    argv,
    () => undefined,
    () => Promise.reject(new Error("looked at")),
  ).catch((reason: unknown) => reason);
  expect(tell(error).join()).toContain(`error: ${message}`);
  expect(exitCodeOf(error)).toBe(2);
});
