import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { describe, expect, test } from "vitest";
import type { Progress } from "../../deploy/progress/progress.ts";
import { type Drill, NotApplicableError, type Stage } from "./drill.ts";
import { noPlatform } from "./fixtures/no-platform.ts";
import { type HoldOptions, hold, holdAll } from "./runner.ts";

function options(more: Partial<HoldOptions> = {}): HoldOptions & { readonly said: string[] } {
  const said: string[] = [];
  const progress: Progress = {
    step: () => {},
    say: (line) => void said.push(line),
    detail: () => {},
    finish: () => {},
  };
  const signal = new AbortController().signal;
  return { seed: 7, progress, signal, untilWell: async () => {}, repairPause: 0, said, ...more };
}
const drill = (work: (stage: Stage) => Promise<void>): Drill => ({
  name: "test",
  summary: "Tests.",
  hold: work,
});

describe("a drill", () => {
  test("passes or fails by what it found", async () => {
    const judged = (lost: number) => drill(async ({ findings }) => findings.exactly("lost", lost, 0));
    expect(await hold(judged(0), noPlatform, options())).toMatchObject({ outcome: "passed", why: undefined });
    expect(await hold(judged(1), noPlatform, options())).toMatchObject({ outcome: "failed" });
  });

  test("that judged nothing has not passed", async () => {
    expect(
      await hold(
        drill(async () => {}),
        noPlatform,
        options(),
      ),
    ).toMatchObject({
      outcome: "failed",
      why: "nothing was judged",
    });
  });

  test("that breaks off is put back, and says why", async () => {
    const done: string[] = [];
    const broken = drill(async ({ repairs, findings }) => {
      findings.exactly("lost", 0, 0);
      repairs.owe("the node", async () => void done.push("node"));
      throw new Error("no such pod");
    });
    expect(await hold(broken, noPlatform, options())).toMatchObject({
      outcome: "broke off",
      why: "no such pod",
    });
    expect(done).toEqual(["node"]);
  });

  test("that has nothing to prove here says so, and has not failed", async () => {
    const away = drill(() => Promise.reject(new NotApplicableError("one node")));
    expect(await hold(away, noPlatform, options())).toMatchObject({
      outcome: "not applicable",
      why: "one node",
    });
  });

  test("is not held on a platform that is ill, and fails where it leaves one behind", async () => {
    const fine = drill(async ({ findings }) => findings.exactly("lost", 0, 0));
    const ill = () => Promise.reject(new Error("order: 0 of 2 ready"));
    expect(await hold(fine, noPlatform, options({ untilWell: ill }))).toMatchObject({
      outcome: "broke off",
      why: "order: 0 of 2 ready",
    });
    let asked = 0;
    const illAfterwards = async () => {
      asked += 1;
      if (asked > 1) await ill();
    };
    const result = await hold(fine, noPlatform, options({ untilWell: illAfterwards }));
    expect(result).toMatchObject({ outcome: "failed", why: "not everything could be put back" });
    expect(result.unsettled).toEqual([{ what: "the platform is well again", why: "order: 0 of 2 ready" }]);
  });

  test("has the same chance by the same seed", async () => {
    const chances: number[] = [];
    const lucky = drill(async ({ random }) => void chances.push(random.next()));
    await hold(lucky, noPlatform, options());
    await hold(lucky, noPlatform, options());
    await hold(lucky, noPlatform, options({ seed: 8 }));
    expect(chances[0]).toBe(chances[1]);
    expect(chances[2]).not.toBe(chances[0]);
  });

  test("tells each check as it is made, and what could not be put back", async () => {
    const told = options();
    const stuck = drill(async ({ findings, repairs }) => {
      findings.exactly("lost", 0, 0);
      repairs.owe("the node", () => Promise.reject(new Error("away")));
    });
    expect(await hold(stuck, noPlatform, told)).toMatchObject({ outcome: "failed" });
    expect(told.said).toContain("  ✓ lost: 0 (= 0)");
    expect(told.said).toContain("  NOT put back: the node (away)");
  });
});

test("each result is told at once, and one that fails does not keep the next from being held", async () => {
  const told: string[] = [];
  const drills = [
    drill(() => Promise.reject(new Error("away"))),
    drill(async ({ findings }) => findings.exactly("x", 0, 0)),
  ];
  await holdAll(drills, noPlatform, options(), ({ outcome }) => told.push(outcome));
  expect(told).toEqual(["broke off", "passed"]);
});

test("after Ctrl-C, pressed twice, what was broken is put back and no further drill is held", async () => {
  const folder = mkdtempSync(join(tmpdir(), "tradestack-drill-"));
  const file = join(folder, "state");
  try {
    const child = spawn(process.execPath, [join(import.meta.dirname, "fixtures/interrupted.ts"), file]);
    const lines: string[] = [];
    let before = "";
    createInterface({ input: child.stdout }).on("line", (line) => {
      lines.push(line);
      if (line.includes('"  broken"')) {
        before = readFileSync(file, "utf8");
        child.kill("SIGINT");
      }
      if (line.includes("putting back: the file")) child.kill("SIGINT");
    });
    const [code] = await once(child, "close");
    expect(code, lines.join("\n")).toBe(130);
    expect(before).toBe("broken");
    expect(readFileSync(file, "utf8")).toBe("whole");
    expect(JSON.parse(lines.at(-1) ?? "")).toMatchObject({ results: ["first: interrupted"] });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
