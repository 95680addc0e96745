import type { EngineEvent } from "@pulumi/pulumi/automation/index.js";
import type { Progress, StepState } from "../progress/progress.ts";

const DONE: Readonly<Record<string, StepState>> = {
  create: "created",
  "create-replacement": "created",
  update: "changed",
  delete: "removed",
  "delete-replaced": "removed",
};

/** What the engine's events have told so far. */
export interface EngineEvents {
  readonly onEvent: (event: EngineEvent) => void;
  /** What went wrong, in the engine's and the providers' words. */
  readonly errors: readonly string[];
}

/** Tells the engine's events as steps, in the same view as the other engine's. */
export function engineEvents(progress: Progress): EngineEvents {
  const errors: string[] = [];
  const onEvent = ({
    resourcePreEvent,
    resOutputsEvent,
    resOpFailedEvent,
    diagnosticEvent,
  }: EngineEvent): void => {
    const begun = resourcePreEvent?.metadata;
    if (begun !== undefined && DONE[begun.op] !== undefined && isShown(begun.urn)) {
      progress.step(titleOfUrn(begun.urn), "working", "");
    }
    const done = resOutputsEvent?.metadata;
    const state = done === undefined ? undefined : DONE[done.op];
    if (done !== undefined && state !== undefined && isShown(done.urn)) {
      progress.step(titleOfUrn(done.urn), state);
    }
    const failed = resOpFailedEvent?.metadata;
    if (failed !== undefined) progress.step(titleOfUrn(failed.urn), "failed");
    if (diagnosticEvent === undefined) return;
    const { urn, message, severity, ephemeral } = diagnosticEvent;
    const text = plain(message);
    if (text === "") return;
    const about = urn === undefined || urn === "" || !isShown(urn) ? "" : titleOfUrn(urn);
    if (severity === "error") errors.push(about ? `${about}: ${text}` : text);
    else if (ephemeral === true && about) progress.step(about, "waiting", text);
    else if (severity === "info") progress.say(text);
  };
  return { onEvent, errors };
}

/** Components, providers and the stack itself only group what is really made. */
const isShown = (urn: string): boolean => /^(kubernetes|docker|docker-build|aws):/.test(typeOf(urn));

/** The resource's own type, without those of the components that it is in. */
const typeOf = (urn: string): string => urn.split("::")[2]?.split("$").at(-1) ?? "";

/** `deployment/order` of `urn:pulumi:dev::tradestack::…$kubernetes:apps/v1:Deployment::order`. */
export const titleOfUrn = (urn: string): string =>
  `${typeOf(urn).split(":").at(-1)?.toLowerCase()}/${urn.split("::")[3] ?? ""}`;

/** Without the engine's colour marks. */
const plain = (text: string): string => text.replaceAll(/<\{%[^%]*%\}>/g, "").trim();
