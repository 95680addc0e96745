import { PROBLEM_JSON, Problem } from "../../chassis/problem.ts";
import type { Answer, FailureKind } from "./exchange.ts";
import { PUBLIC_PREFIX } from "./path.ts";

const FAILURES: Readonly<Record<FailureKind, { status: number; slug: string; title: string; why: string }>> =
  {
    "circuit-open": {
      status: 503,
      slug: "unavailable",
      title: "Temporarily unavailable",
      why: "has failed repeatedly and is left alone for a moment",
    },
    crowded: {
      status: 503,
      slug: "unavailable",
      title: "Temporarily unavailable",
      why: "has as many requests waiting as it can take; this one was not carried out",
    },
    unreachable: {
      status: 503,
      slug: "unavailable",
      title: "Temporarily unavailable",
      why: "cannot be reached at the moment; the request was not carried out",
    },
    timeout: {
      status: 504,
      slug: "upstream-timeout",
      title: "No answer in time",
      why: "did not answer in time",
    },
    reset: {
      status: 502,
      slug: "upstream-reset",
      title: "Broken answer",
      why: "broke off before its answer was whole",
    },
    "too-large": {
      status: 502,
      slug: "upstream-answer-too-large",
      title: "Answer too large",
      why: "gave an answer that is too large to pass on",
    },
  };

/** Kinds after which nobody knows whether the request was carried out. */
const UNCERTAIN: ReadonlySet<FailureKind> = new Set(["timeout", "reset", "too-large"]);
/** Kinds that trying again does not mend. */
const LASTING: ReadonlySet<FailureKind> = new Set(["too-large"]);

/**
 * The problem that a missing answer is to the caller: 503 and when to try again wherever the same request may simply be
 * sent again. Where nobody knows whether it was carried out, and twice is not the same as once, it is 502 or 504
 * without `Retry-After`, which programs would follow.
 *
 * @param repeatable Whether the caller may simply send the request again.
 */
export function upstreamProblem(
  service: string,
  kind: FailureKind,
  repeatable: boolean,
  retryAfterSeconds: number,
  cause: unknown,
): Problem {
  const { status, slug, title, why } = FAILURES[kind];
  const again = !LASTING.has(kind) && (repeatable || !UNCERTAIN.has(kind));
  const remedy = again
    ? "try the same request again"
    : repeatable
      ? "ask for less at once"
      : "look whether it was carried out before you send it again, or send an Idempotency-Key with it";
  const detail = `The ${service} service ${why}; ${remedy}`;
  return new Problem({
    status: again ? 503 : status,
    slug,
    title,
    detail,
    ...(again ? { retryAfterSeconds } : {}),
    cause,
  });
}

/**
 * A server error that a service did not put into words itself, such as a stack trace or an empty body, as a problem;
 * undefined for any other answer.
 */
export function wordlessFailure(service: string, answer: Answer): Problem | undefined {
  if (answer.status < 500 || answer.headers["content-type"]?.startsWith(PROBLEM_JSON)) return undefined;
  return new Problem({
    status: answer.status,
    slug: "upstream-failed",
    title: "The service failed",
    detail: `The ${service} service failed to answer; its logs tell why by the request id in \`instance\``,
    ...(answer.status === 503 ? { retryAfterSeconds: 1 } : {}),
  });
}

/** Nothing public has this path. */
export const unknownRoute = (method: string, url: string): Problem =>
  new Problem({
    status: 404,
    slug: "unknown-route",
    title: "Unknown route",
    detail: `There is no ${method} ${url.split("?", 1)[0]}; GET ${PUBLIC_PREFIX} lists what there is`,
  });
