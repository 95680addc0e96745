import { asNumber, asObject, asObjects, asText } from "../manifests/manifest.ts";
import type { JsonObject } from "../program/registration.ts";

/** Why a pod, or what makes pods, does not get on. */
export interface Trouble {
  /** What it is about: a pod's name, or that of the object that cannot make pods. */
  readonly subject: string;
  /** The container it is in, where it is in one. */
  readonly container: string | undefined;
  /** Kubernetes' word for it: `CrashLoopBackOff`, `ImagePullBackOff`, `Unschedulable`, `FailedCreate`. */
  readonly reason: string;
  /** For people. */
  readonly message: string;
  /** How long it may last, in seconds, before it counts as a failure; 0: at once. */
  readonly patience: number;
}

/** How many times a container may end before nobody believes any more that it will run. */
const CRASHES = 3;

/** Seconds that a state which a container waits in may last. Those not named here are on the way to running. */
const WAITING: Readonly<Record<string, number>> = {
  InvalidImageName: 0,
  ErrImageNeverPull: 0,
  ErrImagePull: 20,
  ImagePullBackOff: 20,
  ImageInspectError: 20,
  CreateContainerConfigError: 20,
  CreateContainerError: 20,
  RunContainerError: 20,
};

/** Seconds that an event's cause may last: volumes and quotas come later than what uses them, but not much. */
const EVENTS: Readonly<Record<string, number>> = {
  FailedCreate: 15,
  FailedMount: 60,
  FailedAttachVolume: 60,
};

/** How long a pod may wait for a node, in seconds; a cluster that adds nodes by itself needs minutes. */
export const SCHEDULING_PATIENCE = { sandbox: 45, cluster: 300 };

/** Finds what keeps a pod from running, from its own status. */
export function podTroubles(pod: JsonObject, schedulingPatience: number): Trouble[] {
  const subject = asText(asObject(pod.metadata).name);
  const status = asObject(pod.status);
  const containers = [...asObjects(status.initContainerStatuses), ...asObjects(status.containerStatuses)];
  const troubles = containers.flatMap((container) => containerTroubles(subject, container));
  const unscheduled = asObjects(status.conditions).find(
    ({ type, status, reason }) => type === "PodScheduled" && status === "False" && reason === "Unschedulable",
  );
  if (unscheduled === undefined) return troubles;
  const message = `no node takes it: ${asText(unscheduled.message)}`;
  const trouble = {
    subject,
    container: undefined,
    reason: "Unschedulable",
    message,
    patience: schedulingPatience,
  };
  return [...troubles, trouble];
}

function containerTroubles(subject: string, status: JsonObject): Trouble[] {
  const container = asText(status.name);
  const waiting = asObject(asObject(status.state).waiting);
  const reason = asText(waiting.reason);
  const ended = asObject(asObject(status.lastState).terminated);
  const restarts = asNumber(status.restartCount);
  if (reason === "CrashLoopBackOff" && restarts >= CRASHES) {
    const cause = `${asText(ended.reason) || "it ended"}, exit code ${asNumber(ended.exitCode)}`;
    return [
      { subject, container, reason, message: `keeps ending (${cause}, ${restarts} restarts)`, patience: 0 },
    ];
  }
  const patience = WAITING[reason];
  if (patience === undefined) return [];
  return [{ subject, container, reason, message: asText(waiting.message) || reason, patience }];
}

/**
 * Finds what keeps pods from being made or started, from the events about an object and its pods. Only the latest
 * event about each counts: what came after a warning shows that it is over.
 *
 * @param events Oldest first.
 */
export function eventTroubles(events: readonly JsonObject[]): Trouble[] {
  const subjectOf = (event: JsonObject): string => asText(asObject(event.involvedObject).name);
  const latest = new Map(events.map((event) => [subjectOf(event), event]));
  return [...latest].flatMap(([subject, event]) => {
    const reason = asText(event.reason);
    const patience = EVENTS[reason];
    if (event.type !== "Warning" || patience === undefined) return [];
    return [{ subject, container: undefined, reason, message: asText(event.message), patience }];
  });
}
