/** What can be known of an expression without Prometheus. Only for tests: the parser is no part of what is deployed. */

import { parser } from "@prometheus-io/lezer-promql";

/** An expression that Prometheus would refuse. The message quotes it from where it stops making sense. */
export class ExpressionError extends Error {
  override readonly name = "ExpressionError";
}

/**
 * The metrics that an expression asks for.
 *
 * @param place What to name in errors, such as `alert "HighCpuUsage"`.
 * @throws {ExpressionError} when it is not PromQL.
 * @example metricsIn("example", 'rate(up{job="order"}[5m]) > 0') // ["up"]
 */
export function metricsIn(place: string, expression: string): string[] {
  const names = new Set<string>();
  parser.parse(expression).iterate({
    enter({ type, from, to, node }) {
      if (type.isError) {
        throw new ExpressionError(
          `${place}: not PromQL from "${expression.slice(from, from + 30)}" on; correct ${expression}`,
        );
      }
      if (type.name === "Identifier" && node.parent?.name === "VectorSelector") {
        names.add(expression.slice(from, to));
      }
    },
  });
  if (expression.trim() === "") throw new ExpressionError(`${place}: the expression is empty; write one`);
  return [...names];
}

/** An expression, and where it stands. */
export interface Asked {
  readonly place: string;
  readonly expression: string;
}

/**
 * What is asked for and nobody exports.
 *
 * @param known Names of metrics and of recorded series.
 * @returns One sentence for each.
 * @throws {ExpressionError} for the first expression that is not PromQL.
 */
export const unknownMetrics = (asked: readonly Asked[], known: ReadonlySet<string>): string[] =>
  asked.flatMap(({ place, expression }) =>
    metricsIn(place, expression)
      .filter((name) => !known.has(name))
      .map((name) => `${place}: nobody exports "${name}"; add it to what exports it, or ask for another`),
  );
