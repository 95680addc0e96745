import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { withLock } from "./lock.ts";

describe("withLock", () => {
  it("lets one piece of work go on at a time, and says who waits", async () => {
    const name = randomUUID();
    const events: string[] = [];
    const work = (label: string) =>
      withLock(
        name,
        () => events.push(`${label} waits`),
        async () => {
          events.push(`${label} begins`);
          await new Promise((resolve) => setImmediate(resolve));
          events.push(`${label} ends`);
        },
      );
    await Promise.all([work("a"), work("b")]);
    const order = events.filter((event) => !event.endsWith("waits"));
    expect([order[0]?.[0], order[2]?.[0]].sort()).toEqual(["a", "b"]);
    expect(order[0]?.[0]).toBe(order[1]?.[0]);
    expect(order[2]?.[0]).toBe(order[3]?.[0]);
    expect(events.filter((event) => event.endsWith("waits"))).toHaveLength(1);
  });

  it("is free again after work that failed", async () => {
    const name = randomUUID();
    const failing = withLock(
      name,
      () => {},
      () => Promise.reject(new Error("no")),
    );
    await expect(failing).rejects.toThrow("no");
    await expect(
      withLock(
        name,
        () => {},
        async () => "yes",
      ),
    ).resolves.toBe("yes");
  });

  it("waits no longer than it is asked to", async () => {
    const name = randomUUID();
    const interruption = new AbortController();
    const nested = () =>
      withLock(
        name,
        () => interruption.abort(),
        () => Promise.resolve("never"),
        interruption.signal,
      );
    await expect(withLock(name, () => {}, nested)).rejects.toThrow(/abort/i);
  });

  it("keeps different names apart", async () => {
    const inner = withLock(
      randomUUID(),
      () => {},
      () =>
        withLock(
          randomUUID(),
          () => {},
          async () => "both",
        ),
    );
    await expect(inner).resolves.toBe("both");
  });
});
