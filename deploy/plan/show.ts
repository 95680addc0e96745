import type { InspectColor } from "node:util";
import type { KubernetesObject } from "../manifests/manifest.ts";
import type { Json } from "../program/registration.ts";
import { paint } from "../progress/terminal.ts";
import { type Difference, readablePath } from "./diff.ts";
import { type Change, changeTitle, type Plan, subjectOf } from "./plan.ts";

/** Kinds whose removal or replacement concerns stored data. */
export const HOLDS_DATA = new Set(["StatefulSet", "PersistentVolumeClaim", "PersistentVolume", "Namespace"]);
/** Longest value that is shown whole. */
const WIDTH = 100;

const SIGNS: Readonly<Record<Change["action"], { sign: string; colour: InspectColor; verb: string }>> = {
  create: { sign: "+", colour: "green", verb: "added" },
  update: { sign: "~", colour: "yellow", verb: "changed" },
  remove: { sign: "-", colour: "red", verb: "removed" },
  keep: { sign: "!", colour: "magenta", verb: "no longer wanted, but kept" },
  unchanged: { sign: " ", colour: "gray", verb: "unchanged" },
};

/** Shows a plan to people: what is added, changed field by field, and removed. Secret values are never shown. */
export function showPlan(plan: Plan): string {
  const lines = plan.changes
    .filter(({ action }) => action !== "unchanged")
    .flatMap((change) => [headline(change, plan), ...details(change)]);
  return [...lines, ...(lines.length > 0 ? [""] : []), summary(plan)].join("\n");
}

/** How many objects of each kind of change: `3 added, 1 changed, 0 removed, 48 unchanged`. */
export function summary(plan: Plan): string {
  const count = (action: Change["action"]): number =>
    plan.changes.filter((change) => change.action === action).length;
  const told = (["create", "update", "remove", "unchanged"] as const).map(
    (a) => `${count(a)} ${SIGNS[a].verb}`,
  );
  return [...told, ...(count("keep") > 0 ? [`${count("keep")} kept`] : [])].join(", ");
}

function headline(change: Change, plan: Plan): string {
  const { sign, colour, verb } = SIGNS[change.action];
  const object = subjectOf(change);
  const { namespace } = object.metadata;
  const place = namespace === undefined || namespace === plan.set.namespace ? "" : ` in ${namespace}`;
  const removesData = change.action === "remove" && HOLDS_DATA.has(object.kind);
  const remark =
    change.action === "keep" ? `  (${verb}: it holds data)` : removesData ? "  (its volumes stay)" : "";
  const text = `${sign} ${changeTitle(change)}${place}${remark}`;
  return removesData ? paint("bold", paint(colour, text)) : paint(colour, text);
}

function details(change: Change): string[] {
  if (!("differences" in change)) return [];
  return change.differences.map((difference) => `    ${showDifference(masked(difference, change))}`);
}

/** One field that differs, in a line for people: `~ spec.replicas: 2 → 3`. */
export function showDifference({ path, before, after }: Difference): string {
  if (before === undefined) return paint("green", `+ ${path}: ${showValue(after)}`);
  if (after === undefined) return paint("red", `- ${path}: ${showValue(before)}`);
  return `${paint("yellow", `~ ${path}:`)} ${showValue(before)} → ${showValue(after)}`;
}

/** The plan for programs: the same facts, with secret values masked likewise. */
export function planAsJson(plan: Plan): Json {
  return {
    summary: Object.fromEntries(
      Object.keys(SIGNS).map((action) => [
        action,
        plan.changes.filter((change) => change.action === action).length,
      ]),
    ),
    refusals: [...plan.refusals],
    changes: plan.changes
      .filter(({ action }) => action !== "unchanged")
      .map((change) => {
        const { apiVersion, kind, metadata } = subjectOf(change);
        const differences = "differences" in change ? change.differences : [];
        return {
          action: change.action,
          apiVersion,
          kind,
          namespace: metadata.namespace ?? null,
          name: metadata.name,
          differences: differences.map((difference) => {
            const { path, before, after } = masked(difference, change);
            return { path, before: before ?? null, after: after ?? null };
          }),
        };
      }),
  };
}

/** Says that a secret differs, not what it is. */
function masked(difference: Difference, change: Change): Difference {
  if (!isSecret(difference.path, change, subjectOf(change))) return difference;
  const mask = (value: Json | undefined, word: string): string | undefined =>
    value === undefined ? undefined : word;
  return {
    path: difference.path,
    before: mask(difference.before, "(secret)"),
    after: mask(difference.after, "(another secret)"),
  };
}

function isSecret(path: string, change: Change, object: KubernetesObject): boolean {
  if (object.kind === "Secret") return /^(data|stringData)\b/.test(path);
  if (!("manifest" in change)) return false;
  const secrets = change.manifest.secrets.map((place) => readablePath(change.manifest.object, place));
  // What is above a secret contains it, and what is below it is part of it.
  return secrets.some((secret) => path.startsWith(secret) || secret.startsWith(path));
}

/** A value in one line, cut where it is long. */
export function showValue(value: Json | undefined): string {
  const text = typeof value === "string" && !/[\n"]|^$/.test(value) ? value : JSON.stringify(value);
  if (text === undefined) return "nothing";
  return text.length > WIDTH ? `${text.slice(0, WIDTH)}… (${text.length} characters)` : text;
}
