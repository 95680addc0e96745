import type { ProblemDetails } from "../../../../chassis/problem.ts";

const TYPE_PREFIX = "urn:tradestack:problem:";

/** The API answered that it will not, or cannot. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly status: number;
  readonly problem: ProblemDetails;
  /** Seconds after which trying again may help. */
  readonly retryAfterSeconds: number | undefined;

  constructor(problem: ProblemDetails, retryAfterSeconds?: number) {
    super(problem.detail ?? problem.title);
    this.status = problem.status;
    this.problem = problem;
    this.retryAfterSeconds = retryAfterSeconds;
  }

  /** The kind of problem, such as `out-of-stock`. */
  get slug(): string {
    const { type } = this.problem;
    return type.startsWith(TYPE_PREFIX) ? type.slice(TYPE_PREFIX.length) : "";
  }

  /** A member that only problems of this kind have, such as `sku`. */
  extension(name: string): unknown {
    const members: Readonly<Record<string, unknown>> = this.problem;
    return members[name];
  }
}

/** There was no answer: whether the request had an effect is unknown. */
export class NoAnswerError extends Error {
  override readonly name = "NoAnswerError";
}

/** Whether an error is an answer of this kind. */
export const isProblem = (error: unknown, slug: string): error is ApiError =>
  error instanceof ApiError && error.slug === slug;

/** The problem in an answer; one is made up where something in between answered in words of its own. */
export async function readProblem(response: Response): Promise<ApiError> {
  const retryAfter = Number(response.headers.get("retry-after"));
  const wait = Number.isFinite(retryAfter) && retryAfter > 0 ? retryAfter : undefined;
  const body: unknown = await response.json().catch(() => undefined);
  if (isProblemDetails(body)) return new ApiError({ ...body, status: response.status }, wait);
  return new ApiError(
    { type: "about:blank", title: `Status ${response.status}`, status: response.status },
    wait,
  );
}

const isProblemDetails = (body: unknown): body is ProblemDetails =>
  typeof body === "object" &&
  body !== null &&
  "type" in body &&
  typeof body.type === "string" &&
  "title" in body &&
  typeof body.title === "string";

/** What somebody is told about an error that their page has no better words for. */
export function inWords(error: unknown): string {
  if (error instanceof NoAnswerError) {
    return "We could not reach the shop. Check your connection and try again.";
  }
  if (!(error instanceof ApiError)) return "Something went wrong on this page. Please try again.";
  if (error.status === 429) return "That was a lot at once. Please wait a moment and try again.";
  if (error.status >= 500)
    return "This part of the shop is not answering right now. Please try again in a moment.";
  if (error.status === 401) return "Please log in again.";
  return error.problem.detail ?? error.problem.title;
}
