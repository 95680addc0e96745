import { expect, test } from "vitest";
import type { JsonObject } from "../program/registration.ts";
import { eventTroubles, podTroubles } from "./troubles.ts";

const pod = (status: JsonObject): JsonObject => ({ metadata: { name: "order-1" }, status });
const waiting = (reason: string, more: JsonObject = {}): JsonObject => ({
  name: "order",
  restartCount: 0,
  state: { waiting: { reason, message: `${reason}!` } },
  ...more,
});
const crashing = (restartCount: number): JsonObject =>
  waiting("CrashLoopBackOff", {
    restartCount,
    lastState: { terminated: { reason: "OOMKilled", exitCode: 137 } },
  });
const troubles = (status: JsonObject) => podTroubles(pod(status), 45);

test("a container that keeps ending is given up after its third restart, with how it ended", () => {
  expect(troubles({ containerStatuses: [crashing(2)] })).toEqual([]);
  expect(troubles({ initContainerStatuses: [crashing(3)] })).toEqual([
    {
      subject: "order-1",
      container: "order",
      reason: "CrashLoopBackOff",
      message: "keeps ending (OOMKilled, exit code 137, 3 restarts)",
      patience: 0,
    },
  ]);
});

test("an image that can never be had fails at once, one that may come yet a little later", () => {
  expect(troubles({ containerStatuses: [waiting("ErrImageNeverPull")] })).toMatchObject([{ patience: 0 }]);
  expect(troubles({ containerStatuses: [waiting("ImagePullBackOff")] })).toMatchObject([
    { reason: "ImagePullBackOff", message: "ImagePullBackOff!", patience: 20 },
  ]);
});

test("being on the way is no trouble", () => {
  expect(troubles({ containerStatuses: [waiting("ContainerCreating"), waiting("PodInitializing")] })).toEqual(
    [],
  );
  expect(troubles({ conditions: [{ type: "PodScheduled", status: "True" }] })).toEqual([]);
});

test("a pod that no node takes says why, and waits as long as its cluster may need", () => {
  const unscheduled = {
    type: "PodScheduled",
    status: "False",
    reason: "Unschedulable",
    message: "0/1 nodes",
  };
  expect(troubles({ conditions: [unscheduled] })).toMatchObject([
    { reason: "Unschedulable", message: "no node takes it: 0/1 nodes", patience: 45 },
  ]);
});

test("of events only the latest counts, and only a warning that keeps pods from being made or started", () => {
  const event = (name: string, type: string, reason: string) => ({
    type,
    reason,
    message: `${reason}!`,
    involvedObject: { name },
  });
  expect(
    eventTroubles([
      event("order", "Warning", "FailedCreate"),
      event("payment", "Warning", "FailedMount"),
      event("payment", "Normal", "Started"),
      event("gateway", "Warning", "BackOff"),
    ]),
  ).toEqual([
    {
      subject: "order",
      container: undefined,
      reason: "FailedCreate",
      message: "FailedCreate!",
      patience: 15,
    },
  ]);
});
