import { expect, test } from "vitest";
import { UnreachableError } from "../kubernetes/api.ts";
import type { Objects } from "../kubernetes/objects.ts";
import type { KubernetesObject } from "../manifests/manifest.ts";
import type { JsonObject } from "../program/registration.ts";
import { NotReadyError, Watch } from "./watch.ts";

const metadata = (name: string, uid: string, owner: string, labels: JsonObject = {}) => ({
  name,
  uid,
  namespace: "shop",
  generation: 1,
  labels,
  ownerReferences: [{ uid: owner }],
});
const statefulSet = (readyReplicas: number): KubernetesObject => ({
  apiVersion: "apps/v1",
  kind: "StatefulSet",
  metadata: metadata("store", "s", ""),
  spec: { replicas: 1 },
  status: { observedGeneration: 1, readyReplicas, updateRevision: "new", currentRevision: "new" },
});
const crashing = (revision: string): KubernetesObject => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: metadata("store-0", "p", "s", { "controller-revision-hash": revision }),
  status: {
    containerStatuses: [
      {
        name: "store",
        restartCount: 5,
        ready: false,
        state: { waiting: { reason: "CrashLoopBackOff" } },
        lastState: { terminated: { exitCode: 1 } },
      },
    ],
  },
});

/** A cluster that answers one state after the other, the last for ever, and notes what is deleted. */
function cluster(states: (KubernetesObject | undefined | Error)[], pods: KubernetesObject[] = []) {
  const deleted: string[] = [];
  const objects: Pick<Objects, "get" | "in" | "log" | "delete"> = {
    get: async () => {
      const state = states.length > 1 ? states.shift() : states[0];
      if (state instanceof Error) throw state;
      return state;
    },
    in: async (_namespace, _apiVersion, kind) => (kind === "Pod" ? pods : []),
    log: async () => "out of disk\n",
    delete: async ({ metadata }) => {
      deleted.push(metadata.name);
    },
  };
  const stop = new AbortController();
  const watch = new Watch(objects as Objects, { schedulingPatience: 0, signal: stop.signal, interval: 1 });
  const notes: string[] = [];
  return { ready: watch.untilReady(statefulSet(0), (note) => notes.push(note)), notes, deleted, stop };
}

test("waiting ends when the object does its work, and each news is told once", async () => {
  const { ready, notes } = cluster([statefulSet(0), statefulSet(0), statefulSet(1)]);
  await ready;
  expect(notes).toEqual(["0 of 1 ready"]);
});

test("a pod that keeps ending ends the wait at once, with its last words", async () => {
  const error = await cluster([statefulSet(0)], [crashing("new")]).ready.catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(NotReadyError);
  expect(error).toMatchObject({
    message: expect.stringMatching(
      /^statefulset\/store did not become ready: store-0, container store, CrashLoopBackOff/,
    ),
    details: ["last words of store-0, container store:", "  out of disk"],
  });
});

test("a broken pod of the version before is deleted rather than waited for", async () => {
  const { ready, deleted } = cluster([statefulSet(0), statefulSet(1)], [crashing("old")]);
  await ready;
  expect(deleted).toEqual(["store-0"]);
});

test("an API server that is away for a moment ends nothing", async () => {
  await cluster([new UnreachableError("connection refused"), statefulSet(1)]).ready;
});

test("any other error ends it, as do an object that is gone and an interruption", async () => {
  await expect(cluster([new Error("forbidden")]).ready).rejects.toThrow("forbidden");
  await expect(cluster([undefined]).ready).rejects.toThrow(
    "statefulset/store was deleted by someone else meanwhile",
  );
  const { ready, stop } = cluster([statefulSet(0)]);
  stop.abort(new Error("interrupted"));
  await expect(ready).rejects.toThrow("interrupted");
});
