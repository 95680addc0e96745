/** What Prometheus evaluates, typed as its rule files have it. */

/** A time as Prometheus writes it. */
export type Duration = `${number}${"s" | "m" | "h" | "d"}`;

/** How soon a person has to act: at once, or in working hours. `none` is for what no person is told. */
export type Severity = "critical" | "warning" | "none";

/** A series that is computed and kept. */
export interface RecordingRule {
  readonly record: string;
  readonly expr: string;
  readonly labels?: Readonly<Record<string, string>>;
}

/** A condition that somebody is told of. */
export interface AlertRule {
  readonly alert: string;
  readonly expr: string;
  readonly for?: Duration;
  readonly labels: Readonly<Record<string, string>> & { readonly severity: Severity };
  readonly annotations: Readonly<Record<"summary" | "description" | "runbook", string>>;
}

/** Rules that are evaluated one after the other. */
export interface RuleGroup {
  readonly name: string;
  readonly interval?: Duration;
  readonly rules: readonly (RecordingRule | AlertRule)[];
}

/** An alert, or what it is made from, that cannot be. The message names the alert, what is wrong and the remedy. */
export class AlertError extends Error {
  override readonly name = "AlertError";
}

/** What {@link alert} takes. */
export interface AlertOptions {
  /** What it is called; the file in `docs/runbooks` has the same name. */
  readonly name: string;
  readonly severity: Severity;
  /** Condition in PromQL; each series that it gives is an alert of its own. */
  readonly when: string;
  /** How long the condition has to hold. Default: it need not. */
  readonly holds?: Duration;
  /** One short sentence, of which labels are parts, as in `{{ $labels.pod }}`. */
  readonly summary: string;
  /** What it means for whom, with `{{ $value }}` where that helps. */
  readonly description: string;
  /** Labels beside the severity and those of the series. */
  readonly labels?: Readonly<Record<string, string>>;
}

/**
 * Makes an alert. Where to read on follows from its name.
 *
 * @throws {AlertError} when its name is not one, or a text is missing.
 */
export function alert({
  name,
  severity,
  when,
  holds,
  summary,
  description,
  labels,
}: AlertOptions): AlertRule {
  if (!/^([A-Z][a-z0-9]*)+$/.test(name)) {
    throw new AlertError(`alert "${name}": the name is not in the form HighCpuUsage; rename it`);
  }
  for (const [part, text] of Object.entries({ when, summary, description })) {
    if (text.trim() === "") throw new AlertError(`alert "${name}", ${part}: is empty; write it`);
  }
  return {
    alert: name,
    expr: when,
    ...(holds === undefined ? {} : { for: holds }),
    labels: { ...labels, severity },
    annotations: { summary, description, runbook: runbookOf(name) },
  };
}

/** Where people read what an alert means and what to do, from the root of the repository. */
export const runbookOf = (name: string): string => `docs/runbooks/${name}.md`;

/** All alerts of some groups. */
export const alertsOf = (groups: readonly RuleGroup[]): AlertRule[] =>
  groups.flatMap(({ rules }) => rules.filter((rule) => "alert" in rule));
