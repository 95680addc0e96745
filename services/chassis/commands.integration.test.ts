import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

let directory: string;
let program: string;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "commands-"));
  program = join(directory, "main.ts");
  const chassis = join(import.meta.dirname, "index.ts");
  const descriptions = join(import.meta.dirname, "../description.ts");
  writeFileSync(
    program,
    `import { integer, runService } from ${JSON.stringify(chassis)};
     import { defineService } from ${JSON.stringify(descriptions)};
     await runService({
       description: defineService({
         name: "counter",
         summary: "Counts",
         scale: { min: 1, max: 1, cpuPercent: 50 },
         resources: { cpu: { request: "1m", limit: "1" }, memory: { request: "1Mi", limit: "1Mi" } },
         objectives: { availability: 99, p99: "1s" },
       }),
       settings: { STEP: integer(1, 9, 2) },
       migrations: undefined,
       setup() {},
       commands: {
         count: {
           summary: "counts its arguments",
           async run({ settings, log, print }, args) {
             if (args.includes("fail")) throw new Error("no fingers");
             log.info("counting");
             print(String(args.length * settings.STEP));
             return args.length === 0 ? 0 : 1;
           },
         },
       },
     });`,
  );
});
afterAll(() => rmSync(directory, { recursive: true }));

async function run(args: readonly string[], environment: NodeJS.ProcessEnv = {}) {
  const child = spawn(process.execPath, [program, ...args], {
    env: { PATH: process.env.PATH, ...environment },
  });
  const ended = new Promise((resolve) => child.once("exit", resolve));
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { status: await ended, stdout, stderr };
}

describe("a command of a service's own", () => {
  test("is given arguments and settings; it prints to standard output alone and decides on the status", async () => {
    const counted = await run(["count", "a", "b"], { STEP: "3" });
    expect(counted).toMatchObject({ status: 1, stdout: "6\n" });
    expect(JSON.parse(counted.stderr)).toMatchObject({ service: "counter", msg: "counting" });
    expect(await run(["count"])).toMatchObject({ status: 0, stdout: "0\n" });
  });

  test.each([
    [["count", "fail"], {}, /no fingers/],
    [["count"], { STEP: "many" }, /STEP must be a whole number/],
  ])(
    "%j that cannot do its work ends with status 2 and prints nothing",
    async (args, environment, reason) => {
      const failed = await run(args, environment);
      expect(failed).toMatchObject({ status: 2, stdout: "" });
      expect(failed.stderr).toMatch(reason);
    },
  );
});

test("an unknown command is answered with those that there are", async () => {
  const { status, stdout, stderr } = await run(["recount"]);
  expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
  expect(stderr).toMatch(/unknown command "recount".*serve.*migrate.*count +counts its arguments/s);
  expect(await run(["help"])).toMatchObject({ status: 0, stdout: expect.stringContaining("serve") });
});
