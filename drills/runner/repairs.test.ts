import { expect, test } from "vitest";
import { Repairs } from "./repairs.ts";

test("everything is put back once, the last thing first", async () => {
  const repairs = new Repairs(0);
  const done: string[] = [];
  const first = repairs.owe("first", async () => void done.push("first"));
  repairs.owe("second", async () => void done.push("second"));
  repairs.owe("third", async () => void done.push("third"));
  await first.settle();
  await first.settle();
  const told: string[] = [];
  expect(await repairs.settleAll((what) => told.push(what))).toEqual([]);
  expect(done).toEqual(["first", "third", "second"]);
  expect(told).toEqual(["third", "second"]);
  expect(repairs.settled).toBe(true);
  expect(await repairs.settleAll()).toEqual([]);
  expect(done).toHaveLength(3);
});

test("what fails is tried again, and told where it goes on failing; the others are put back all the same", async () => {
  const repairs = new Repairs(0);
  let tries = 0;
  const done: string[] = [];
  repairs.owe("first", async () => void done.push("first"));
  repairs.owe("never", () => Promise.reject(new Error("no such node")));
  repairs.owe("at the third try", async () => {
    tries += 1;
    if (tries < 3) throw new Error("not yet");
    done.push("third");
  });
  expect(await repairs.settleAll()).toEqual([{ what: "never", why: "no such node" }]);
  expect(done).toEqual(["third", "first"]);
});

test("what needs something that is put back after it is put back in the end", async () => {
  const repairs = new Repairs(0);
  let platform = "down";
  repairs.owe("the platform", async () => {
    platform = "up";
  });
  repairs.owe("goods on it", async () => {
    if (platform === "down") throw new Error("ECONNRESET");
  });
  const told: string[] = [];
  expect(await repairs.settleAll((what) => told.push(what))).toEqual([]);
  expect(told).toEqual(["goods on it", "the platform", "goods on it"]);
});

test("a repair that fails when it is asked for is still owed", async () => {
  const repairs = new Repairs(0);
  let broken = true;
  const debt = repairs.owe("the node", async () => {
    if (broken) throw new Error("away");
  });
  await expect(debt.settle()).rejects.toThrow("away");
  broken = false;
  expect(repairs.settled).toBe(false);
  expect(await repairs.settleAll()).toEqual([]);
});
