import { describe, expect, test } from "vitest";
import { UsageError } from "../../command-line/options.ts";
import { InterruptedError } from "../failure.ts";
import type { Objects } from "../kubernetes/objects.ts";
import { asObject, asObjects, asText, type KubernetesObject, keyOf } from "../manifests/manifest.ts";
import { parseRestore } from "./arguments.ts";
import { JobError, jobFrom } from "./job.ts";
import { runRestore } from "./restore.ts";
import { STOPPED } from "./services.ts";

const env = (values: Record<string, string>) =>
  Object.entries(values).map(([name, value]) => ({ name, value }));
const cronJob = (name: string): KubernetesObject => ({
  apiVersion: "batch/v1",
  kind: "CronJob",
  metadata: { name, namespace: "shop", uid: "c" },
  spec: {
    jobTemplate: {
      metadata: { labels: { app: "backup" } },
      spec: {
        template: {
          spec: {
            restartPolicy: "OnFailure",
            initContainers: [{ name: "download", env: env({ ACTION: "list" }) }],
            containers: [
              {
                name: "restore",
                env: env({ ACTION: "list", BACKUP: "", DATABASES: "order payment", PGUSER: "x" }),
              },
            ],
          },
        },
      },
    },
  },
});
const deployment = (name: string, replicas: number): KubernetesObject => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name, namespace: "shop", uid: name, generation: 1 },
  spec: { replicas },
  status: { observedGeneration: 1, updatedReplicas: replicas, availableReplicas: replicas, replicas },
});
/** What each action says. */
const SAYS: Readonly<Record<string, string>> = {
  list: "20261121T031700Z order payment\n20261120T031700Z order\n",
  prepare: "restored order beside the live one",
  swap: "now live: order payment",
};

/** A cluster that does as it is told at once, and notes it. `fails` is what the Job of an action ends with. */
function cluster(fails: Readonly<Record<string, string | (() => void)>> = {}) {
  const live = new Map<string, KubernetesObject>();
  const done: string[] = [];
  const put = (object: KubernetesObject) => live.set(keyOf(object), object);
  for (const object of [cronJob("postgres-restore"), cronJob("postgres-backup")]) put(object);
  for (const object of [deployment("order", 2), deployment("payment", 3), deployment("cart", 1)]) put(object);
  const actionOf = (job: KubernetesObject): string => {
    const pod = asObject(asObject(asObject(job.spec).template).spec);
    const [container = {}] = asObjects(pod.containers);
    return asText(asObjects(container.env).find(({ name }) => name === "ACTION")?.value);
  };
  const objects: Pick<Objects, "get" | "apply" | "merge" | "in" | "list" | "kind" | "log"> = {
    get: async (object) => live.get(keyOf(object)),
    apply: async (job) => {
      const action = actionOf(job);
      done.push(action);
      const failure = fails[action];
      if (typeof failure === "function") failure();
      const condition = { type: failure === undefined ? "Complete" : "Failed", status: "True" };
      const made = {
        ...job,
        metadata: { ...job.metadata, uid: `uid-${action}` },
        status: { conditions: [condition] },
      };
      put(made);
      return made;
    },
    merge: async (object, change) => {
      const { name } = object.metadata;
      const { replicas } = asObject(change.spec);
      done.push(`${name}=${replicas}`);
      const annotations = asObject(asObject(change.metadata).annotations);
      const changed = deployment(name, Number(replicas));
      changed.metadata.annotations = annotations;
      put(changed);
      return changed;
    },
    in: async (_namespace, _apiVersion, kind) => {
      if (kind !== "Pod") return [...live.values()].filter((object) => object.kind === kind);
      return [...live.values()]
        .filter((object) => object.kind === "Job")
        .map((job) => ({
          apiVersion: "v1",
          kind: "Pod",
          metadata: { name: `pod-${actionOf(job)}`, ownerReferences: [{ uid: asText(job.metadata.uid) }] },
          spec: { containers: [{ name: "restore" }] },
        }));
    },
    list: async () => [],
    kind: async () => ({ apiVersion: "v1", kind: "Pod", resource: "pods", namespaced: true }),
    log: async (_namespace, pod) => {
      const action = pod.replace("pod-", "");
      const failure = fails[action];
      return typeof failure === "string" ? failure : (SAYS[action] ?? "");
    },
  };
  const run = (argv: string[], yes = true, stop = new AbortController()) => {
    const asked = parseRestore(argv);
    if (asked === undefined) throw new Error("help was asked for");
    const quiet = { step() {}, say() {}, detail() {}, finish() {} };
    return runRestore({
      asked,
      objects: objects as Objects,
      namespace: "shop",
      progress: quiet,
      signal: stop.signal,
      schedulingPatience: 0,
      confirm: async () => yes,
    });
  };
  const annotation = (name: string) =>
    asObject(live.get(`Deployment.apps shop/${name}`)?.metadata.annotations)[STOPPED] ?? null;
  return { run, done, annotation };
}
const messageOf = (promise: Promise<unknown>) => promise.then(String, (error: Error) => error.message);

test("a Job is the CronJob's, with other values, and runs once", () => {
  const { metadata, spec } = jobFrom(cronJob("postgres-restore"), "1", {
    purpose: "prepare",
    variables: { ACTION: "prepare", ABSENT: "x" },
  });
  expect(metadata).toMatchObject({ name: "postgres-restore-prepare-1", labels: { app: "backup" } });
  const pod = asObject(asObject(asObject(spec).template).spec);
  expect(pod.restartPolicy).toBe("Never");
  const names = (list: string) =>
    asObjects(asObjects(pod[list])[0]?.env).map(({ name, value }) => [name, value]);
  expect(names("initContainers")).toEqual([["ACTION", "prepare"]]);
  expect(names("containers")).toContainEqual(["ACTION", "prepare"]);
  expect(names("containers")).toContainEqual(["PGUSER", "x"]);
});

describe("a restore", () => {
  test("reads the backup, stops only whose databases it is about, exchanges, and starts them as they were", async () => {
    const { run, done, annotation } = cluster();
    expect(await run(["--backup", "latest"])).toEqual([
      "now live: order payment",
      expect.stringContaining("--undo"),
    ]);
    expect(done).toEqual(["list", "prepare", "order=0", "payment=0", "swap", "order=2", "payment=3"]);
    expect(annotation("order")).toBeNull();
    const one = cluster();
    await one.run(["--backup", "20261120T031700Z", "--database", "order"]);
    expect(one.done).toEqual(["list", "prepare", "order=0", "swap", "order=2"]);
  });

  test("that nobody confirms, or whose backup cannot be read, stops nothing", async () => {
    const refused = cluster();
    expect(await messageOf(refused.run(["--backup", "latest"], false))).toMatch(
      /nothing was changed; answer/,
    );
    expect(refused.done).toEqual(["list", "prepare"]);
    const broken = cluster({ prepare: "order.dump is not what was written" });
    await expect(broken.run(["--backup", "latest", "--yes"])).rejects.toThrow(JobError);
    expect(await messageOf(broken.run(["--backup", "latest"]))).toMatch(
      /failed\norder\.dump is not what was/,
    );
    expect(broken.done.filter((step) => step.includes("="))).toEqual([]);
  });

  test("that cannot exchange leaves what was live, and starts it again", async () => {
    const { run, done } = cluster({ swap: "the databases are in use; nothing was changed" });
    expect(await messageOf(run(["--backup", "latest", "--yes"]))).toContain("the databases are in use");
    expect(done.slice(-3)).toEqual(["swap", "order=2", "payment=3"]);
  });

  test("that is interrupted says how to go on, and the services can be started", async () => {
    const stop = new AbortController();
    const { run, done, annotation } = cluster({
      swap: () => stop.abort(new InterruptedError("interrupted")),
    });
    const message = await messageOf(run(["--backup", "latest", "--stack", "prod"], true, stop));
    expect(message).toMatch(
      /^interrupted; order, payment are still stopped: .*--stack prod --backup latest" goes on/,
    );
    expect(message).toContain("--stack prod --start");
    expect(annotation("order")).toBe("2");
    expect(await run(["--start"])).toEqual(["started order, payment"]);
    expect(done.slice(-2)).toEqual(["order=2", "payment=3"]);
    expect(await run(["--start"])).toEqual(["no service was stopped"]);
  });
});

test("what there is not is refused with what there is", async () => {
  const { run } = cluster();
  expect(await run(["--list"])).toEqual(["20261121T031700Z  order payment", "20261120T031700Z  order"]);
  expect(await messageOf(run(["--backup", "20200101T000000Z"]))).toMatch(
    /there is none; there are 20261121T/,
  );
  expect(await messageOf(run(["--list", "--database", "ordr"]))).toMatch(
    /--database ordr.*mean "order".*payment/,
  );
});

test.each<[string[], RegExp]>([
  [[], /^nothing was asked for/],
  [["latest"], /"latest" is one word too many/],
  [["--list", "--undo"], /--list and --undo: one at a time/],
  [["--backup", "yesterday"], /--backup yesterday is no backup; write "latest"/],
  [["--backu", "latest"], /--backu is not an option; did you mean --backup/],
])("%j is refused", (argv, message) => {
  expect(() => parseRestore(argv)).toThrow(UsageError);
  expect(() => parseRestore(argv)).toThrow(message);
});
