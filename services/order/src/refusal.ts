import {
  type Answer,
  Problem,
  ProblemDetails,
  parseAnswer,
  problemType,
  unavailable,
} from "../../chassis/index.ts";

/** Members that every problem has; they are written anew. */
const STANDARD_MEMBERS = new Set(["type", "title", "status", "detail", "instance"]);

/**
 * Reads another service's answer as a definite no, which the client is told as it is.
 *
 * @returns The problem; undefined when the answer is a yes.
 * @throws {Problem} 503 when the answer is neither: the same call may have a definite answer later.
 */
export function refusal(service: string, answer: Answer): Problem | undefined {
  const { status } = answer;
  if (status < 300) return undefined;
  if (status >= 500 || status === 408 || status === 429) {
    throw unavailable(`The ${service} service`, new Error(`answer ${status}`));
  }
  const problem = parseAnswer(ProblemDetails, answer);
  const extensions = Object.fromEntries(
    Object.entries(problem).filter(([name]) => !STANDARD_MEMBERS.has(name)),
  );
  return new Problem({
    status,
    slug: problem.type.slice(problemType("").length),
    title: problem.title,
    ...(problem.detail !== undefined && { detail: problem.detail }),
    extensions,
  });
}
