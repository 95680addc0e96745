import { describe, expect, it } from "vitest";
import { CommandError, run, succeeds, waitFor } from "./command.ts";

describe("run", () => {
  it("gives a program its input and returns its output", async () => {
    await expect(run(["cat"], { input: "hello" })).resolves.toBe("hello");
  });

  it("hands over each line as it comes", async () => {
    const lines: string[] = [];
    await run(["printf", "a\\nb\\nc"], { onLine: (line) => lines.push(line) });
    expect(lines).toEqual(["a", "b", "c"]);
  });

  it("reports the exit code and the last words of a program that fails", async () => {
    await expect(run(["sh", "-c", "echo no space >&2; exit 7"])).rejects.toThrow(
      /^sh -c .*: exit code 7: no space$/,
    );
  });

  it("reports a program that is not there", async () => {
    await expect(run(["/nowhere/program"])).rejects.toThrow(CommandError);
  });

  it("ends a program that takes too long", async () => {
    await expect(run(["sleep", "60"], { timeout: 50 })).rejects.toThrow(/ended by SIGKILL/);
  });
});

describe("succeeds", () => {
  it("tells success from failure", async () => {
    await expect(succeeds(["true"])).resolves.toBe(true);
    await expect(succeeds(["false"])).resolves.toBe(false);
  });
});

describe("waitFor", () => {
  it("asks until the answer is yes", async () => {
    let asked = 0;
    await waitFor("the third time", 10, async () => ++asked === 3);
    expect(asked).toBe(3);
  });

  it("names what it waited for when time is up", async () => {
    const detail = () => "; look there";
    await expect(waitFor("godot", 0, async () => false, { detail })).rejects.toThrow(
      "godot: not there after 0 s; look there",
    );
  });

  it("ends when aborted", async () => {
    const controller = new AbortController();
    const waiting = waitFor("never", 60, async () => false, { signal: controller.signal });
    controller.abort();
    await expect(waiting).rejects.toThrow(/abort/i);
  });
});
