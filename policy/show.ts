import { type Finding, isStopped, type Report } from "./evaluate.ts";

/**
 * A report for people.
 *
 * @param title What was judged, such as `stack prod`.
 * @param count How many objects that was.
 */
export function show(title: string, count: number, report: Report): string {
  const { rules, findings, exceptions } = report;
  const of = (level: string): readonly Finding[] =>
    findings.filter(({ enforcement }) => enforcement === level);
  const ordered = [...of("mandatory"), ...of("advisory")];
  const lines = [
    ...ordered.flatMap(({ enforcement, rule, resource, path, message }) => [
      `${enforcement}  ${rule}  ${[resource, path].filter(Boolean).join("  ")}`,
      `  ${message}`,
    ]),
    ...exceptions.map(({ rule, resource, reason }) => `excepted  ${rule}  ${resource}: ${reason}`),
    `${title}: ${count} objects, ${rules.length} rules: ${of("mandatory").length} mandatory and ${of("advisory").length} advisory violations${isStopped(report) ? "; it must not be deployed like this" : ""}`,
  ];
  return `${lines.join("\n")}\n`;
}
