import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { expect, test } from "vitest";
import { startChild } from "./child.ts";

const env = { PATH: process.env.PATH ?? "" };
const node = process.execPath;
/** Says its process id and would live for ever. */
const FOREVER = "console.log(process.pid); setInterval(() => {}, 1 << 30)";

test("a program is asked to end, and its lines come whole", async () => {
  const lines: string[] = [];
  const first = Promise.withResolvers<void>();
  const child = startChild({
    name: "forever",
    command: [node, "-e", `process.on("SIGTERM", () => { console.log("bye"); process.exit(3) }); ${FOREVER}`],
    env,
    onLine(line) {
      lines.push(line);
      first.resolve();
    },
  });
  await first.promise;
  await Promise.all([child.stop(), child.stop()]);
  expect(await child.ended).toEqual({ code: 3, signal: null });
  expect(lines).toEqual([expect.stringMatching(/^\d+$/), "bye"]);
});

test("a program that cannot be started has ended, and says why", async () => {
  const lines: string[] = [];
  const command = ["/nowhere/at-all"];
  const child = startChild({ name: "none", command, env, onLine: (line) => lines.push(line) });
  expect((await child.ended).code).not.toBe(0);
  expect(lines.join()).toContain("/nowhere/at-all");
});

test("a program ends with the one that started it, even when that one is killed", async () => {
  const module = JSON.stringify(join(import.meta.dirname, "child.ts"));
  const command = JSON.stringify([node, "-e", FOREVER]);
  const parent = spawn(node, [
    "--input-type=module",
    "-e",
    `const { startChild } = await import(${module});
     startChild({ name: "child", command: ${command}, env: {}, onLine: console.log });`,
  ]);
  const [pid] = await once(createInterface({ input: parent.stdout }), "line");
  parent.kill("SIGKILL");
  const lives = () => {
    try {
      return process.kill(Number(pid), 0);
    } catch {
      return false;
    }
  };
  await expect.poll(lives, { timeout: 10_000 }).toBe(false);
});
