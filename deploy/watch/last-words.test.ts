import { expect, test } from "vitest";
import type { Objects } from "../kubernetes/objects.ts";
import type { KubernetesObject } from "../manifests/manifest.ts";
import type { JsonObject } from "../program/registration.ts";
import { lastWords, readable } from "./last-words.ts";
import type { Scene } from "./pods.ts";

const object = (
  kind: string,
  name: string,
  uid: string,
  owner: string,
  more: JsonObject,
): KubernetesObject => ({
  apiVersion: "v1",
  kind,
  metadata: { name, uid, namespace: "shop", ownerReferences: [{ uid: owner }], annotations: REVISION },
  ...more,
});
const REVISION = { "deployment.kubernetes.io/revision": "2" };
const deployment = object("Deployment", "order", "d", "", {});
const ended = { terminated: { exitCode: 1 } };

const scene = (containerStatuses: JsonObject[], initContainerStatuses: JsonObject[] = []): Scene => ({
  replicaSets: [object("ReplicaSet", "order-2", "r", "d", {})],
  pods: [
    object("Pod", "order-2-x", "p", "r", {
      status: { containerStatuses, initContainerStatuses, conditions: [{ type: "Ready", status: "False" }] },
    }),
    object("Pod", "payment-x", "q", "other", { status: {} }),
  ],
  events: [
    object("Event", "e1", "1", "", {
      type: "Warning",
      reason: "BackOff",
      message: "restarting",
      involvedObject: { uid: "p", name: "order-2-x" },
    }),
    object("Event", "e2", "2", "", {
      type: "Warning",
      reason: "Other",
      message: "not ours",
      involvedObject: { uid: "q" },
    }),
  ],
});

/** Answers for the one method that is used, and notes what it was asked. */
function logs(answer: (container: string, previous: boolean) => string): Objects {
  const log: Objects["log"] = async (_namespace, _pod, { container, previous }) =>
    answer(container, previous);
  return { log } as Objects;
}

test("a container that was restarted speaks from before its restart, and warnings about it follow", async () => {
  const restarted = {
    name: "order",
    ready: false,
    state: { waiting: { reason: "CrashLoopBackOff" } },
    lastState: ended,
  };
  const objects = logs((container, previous) => `${container} ${previous ? "before" : "now"}\nthe end\n`);
  expect(await lastWords(objects, deployment, scene([restarted]))).toEqual([
    "last words of order-2-x, container order:",
    "  order before",
    "  the end",
    "warnings:",
    "  BackOff order-2-x: restarting",
  ]);
});

test("a container that never ran has no words; an init container that failed has", async () => {
  const blocked = { name: "order", ready: false, state: { waiting: { reason: "PodInitializing" } } };
  const migrate = { name: "migrate", ready: false, state: ended };
  const told = await lastWords(
    logs((container) => container),
    deployment,
    scene([blocked], [migrate]),
  );
  expect(told.slice(0, 2)).toEqual(["last words of order-2-x, container migrate:", "  migrate"]);
  expect(told.join()).not.toContain("container order");
});

test("structured lines are told as sentences, others as they are", () => {
  expect(readable('{"level":"fatal","msg":"cannot start","err":{"message":"refused","stack":"…"}}')).toBe(
    "fatal: cannot start: refused",
  );
  expect(readable("plain {text}")).toBe("plain {text}");
  expect(readable("{not json")).toBe("{not json");
  expect(readable('{"a":1}')).toBe('{"a":1}');
});
