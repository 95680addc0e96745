import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { runSteps } from "./progress.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const after = (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds));

describe("runSteps", () => {
  it("announces each step, and is heard of in a long one every 15 seconds", async () => {
    const lines: string[] = [];
    const done = runSteps(
      [
        { title: "Short", work: async () => {} },
        {
          title: "Long",
          work: async (detail) => {
            detail("package 3 of 9");
            await after(31_000);
          },
        },
      ],
      { onProgress: (line) => lines.push(line) },
    );
    await vi.advanceTimersByTimeAsync(31_000);
    await done;
    expect(lines).toEqual([
      "[1/2] Short",
      "[1/2] Short: done in 0.0 s",
      "[2/2] Long",
      "[2/2] Long: 15 s, package 3 of 9",
      "[2/2] Long: 30 s, package 3 of 9",
      "[2/2] Long: done in 31 s",
    ]);
  });

  it("ends with the first step that fails, and goes quiet", async () => {
    const lines: string[] = [];
    const failing = runSteps(
      [
        { title: "First", work: () => Promise.reject(new Error("no disk")) },
        { title: "Second", work: async () => {} },
      ],
      { onProgress: (line) => lines.push(line) },
    );
    await expect(failing).rejects.toThrow("no disk");
    await vi.advanceTimersByTimeAsync(60_000);
    expect(lines).toEqual(["[1/2] First"]);
  });
});
