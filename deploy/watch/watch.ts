import { setTimeout as wait } from "node:timers/promises";
import { UnreachableError } from "../kubernetes/api.ts";
import type { Objects } from "../kubernetes/objects.ts";
import { asNumber, asObject, asText, type KubernetesObject, keyOf, titleOf } from "../manifests/manifest.ts";
import { runsPods } from "../manifests/order.ts";
import { lastWords } from "./last-words.ts";
import { eventsOf, outdatedPodsOf, podsOf, readScene, type Scene } from "./pods.ts";
import { type Readiness, readinessOf } from "./readiness.ts";
import { eventTroubles, podTroubles, type Trouble } from "./troubles.ts";

/** How often the cluster is asked, in milliseconds. */
const INTERVAL = 700;
/** How long nothing at all may change about a workload before it counts as stuck, in seconds. */
const STUCK_AFTER = 180;

/** How long the API server may be away, in seconds. */
const UNREACHABLE_FOR = 30;

/** A workload did not become ready; `details` are its own last words. */
export class NotReadyError extends Error {
  override readonly name = "NotReadyError";
  readonly details: readonly string[];
  /** Title of the workload, where it is a single one. */
  readonly subject: string | undefined;

  constructor(message: string, details: readonly string[], subject?: string) {
    super(message);
    this.details = details;
    this.subject = subject;
  }
}

interface Pending {
  readonly object: KubernetesObject;
  readonly onNote: (note: string) => void;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
  /** When each trouble was first seen, in milliseconds. */
  readonly since: Map<string, number>;
  note: string;
  changedAt: number;
}

/** What a {@link Watch} may be told. */
export interface WatchOptions {
  /** How long a pod may wait for a node, in seconds. */
  readonly schedulingPatience: number;
  /** How often the cluster is asked, in milliseconds. Default: 700. */
  readonly interval?: number;
  /** Ends the watch; everything still awaited is rejected with its reason. */
  readonly signal: AbortSignal;
}

/** Watches objects until they do their work, or until it is plain that they will not. */
export class Watch {
  readonly #objects: Objects;
  readonly #options: WatchOptions;
  readonly #pending = new Map<string, Pending>();
  #running = false;
  #unreachableSince: number | undefined;

  constructor(objects: Objects, options: WatchOptions) {
    this.#objects = objects;
    this.#options = options;
  }

  /**
   * Waits until an object does its work.
   *
   * @param object As the server last answered it.
   * @param onNote Told whenever there is something new to say: `1 of 2 ready`.
   * @throws {NotReadyError} as soon as it is plain that waiting longer is of no use.
   */
  untilReady(object: KubernetesObject, onNote: (note: string) => void): Promise<void> {
    if (readinessOf(object).state === "ready") return Promise.resolve();
    return new Promise((resolve, reject) => {
      const pending = { object, onNote, resolve, reject, since: new Map(), note: "", changedAt: Date.now() };
      this.#pending.set(keyOf(object), pending);
      if (!this.#running) void this.#run();
    });
  }

  async #run(): Promise<void> {
    this.#running = true;
    try {
      while (this.#pending.size > 0) {
        this.#options.signal.throwIfAborted();
        await this.#lookIfReachable();
        if (this.#pending.size > 0)
          await wait(this.#options.interval ?? INTERVAL, undefined, { signal: this.#options.signal });
      }
    } catch (error) {
      const reason = this.#options.signal.aborted ? this.#options.signal.reason : error;
      for (const pending of this.#pending.values()) pending.reject(reason);
      this.#pending.clear();
    } finally {
      this.#running = false;
    }
  }

  /** An API server may be away for a moment, such as while it is upgraded; that ends nothing yet. */
  async #lookIfReachable(): Promise<void> {
    try {
      await this.#look();
      this.#unreachableSince = undefined;
    } catch (error) {
      if (!(error instanceof UnreachableError)) throw error;
      this.#unreachableSince ??= Date.now();
      if (Date.now() - this.#unreachableSince > UNREACHABLE_FOR * 1000) throw error;
    }
  }

  async #look(): Promise<void> {
    const scenes = new Map<string, Promise<Scene>>();
    await Promise.all(
      [...this.#pending].map(async ([key, pending]) => {
        const namespace = asText(pending.object.metadata.namespace);
        let scene = scenes.get(namespace);
        if (scene === undefined) {
          scene = readScene(this.#objects, namespace);
          scenes.set(namespace, scene);
        }
        const live = await this.#objects.get(pending.object);
        if (live === undefined) {
          this.#pending.delete(key);
          pending.reject(
            new NotReadyError(`${titleOf(pending.object)} was deleted by someone else meanwhile`, []),
          );
          return;
        }
        await this.#judge(key, pending, live, await scene);
      }),
    );
  }

  async #judge(key: string, pending: Pending, live: KubernetesObject, scene: Scene): Promise<void> {
    const readiness = readinessOf(live);
    if (readiness.state === "ready") {
      this.#pending.delete(key);
      pending.resolve();
      return;
    }
    // Until the controller has seen the latest change, the pods are those of the version before.
    const troubles = isSeen(live) ? troublesOf(live, scene, this.#options.schedulingPatience) : [];
    await this.#unblock(live, scene);
    const verdict = judge(pending, readiness, troubles, Date.now());
    if (verdict === undefined) return;
    this.#pending.delete(key);
    const details = await lastWords(this.#objects, live, scene);
    const title = titleOf(live);
    pending.reject(new NotReadyError(`${title} did not become ready: ${verdict}`, details, title));
  }

  /**
   * A StatefulSet that keeps its pods in order waits for a broken pod of the version before, for ever: the version
   * that mends it never gets its turn. Such a pod is deleted, so that it comes back as the latest version.
   */
  async #unblock(live: KubernetesObject, scene: Scene): Promise<void> {
    if (live.kind !== "StatefulSet" || !isSeen(live)) return;
    const stuck = outdatedPodsOf(live, scene).filter(
      (pod) =>
        pod.metadata.deletionTimestamp === undefined &&
        podTroubles(pod, this.#options.schedulingPatience).length > 0,
    );
    await Promise.all(stuck.map((pod) => this.#objects.delete(pod)));
  }
}

const isSeen = ({ kind, metadata, status }: KubernetesObject): boolean =>
  runsPods(kind) &&
  (kind === "Job" || asNumber(asObject(status).observedGeneration) >= asNumber(metadata.generation));

function troublesOf(workload: KubernetesObject, scene: Scene, schedulingPatience: number): Trouble[] {
  const pods = podsOf(workload, scene).filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  return [
    ...pods.flatMap((pod) => podTroubles(pod, schedulingPatience)),
    ...eventTroubles(eventsOf(workload, scene)),
  ];
}

/** Notes what is new, and says why waiting is of no use any more, if so. */
function judge(
  pending: Pending,
  readiness: Readiness,
  troubles: readonly Trouble[],
  now: number,
): string | undefined {
  const [first] = troubles;
  const note = first === undefined ? readiness.note : `${readiness.note}; ${sentence(first)}`;
  if (note !== pending.note) {
    pending.note = note;
    pending.changedAt = now;
    pending.onNote(note);
  }
  if (readiness.state === "failed") return note;
  for (const trouble of troubles) {
    // Kubernetes tells one and the same trouble by turns in two words: ErrImagePull, ImagePullBackOff.
    const id = [trouble.subject, trouble.container].join("\0");
    const since = pending.since.get(id) ?? now;
    pending.since.set(id, since);
    if (now - since >= trouble.patience * 1000) return sentence(trouble);
  }
  const stuck = (now - pending.changedAt) / 1000;
  return stuck >= STUCK_AFTER ? `${note}, unchanged for ${STUCK_AFTER} s` : undefined;
}

const sentence = ({ subject, container, reason, message }: Trouble): string =>
  [subject, container && `container ${container}`, `${reason}: ${message}`].filter(Boolean).join(", ");
