/** What is to be planned makes no sense. The message names the place, the value and the remedy. */
export class PlanError extends Error {
  override readonly name = "PlanError";
}

/**
 * A finite number within bounds.
 *
 * @param place What messages call it, such as `throughput` or `demand.json: order.requestsPerOrder`.
 * @param bounds The smallest value; `above` where that itself is not allowed; the largest. Default: 0 and more.
 * @throws {PlanError} for anything else, negative numbers, NaN and infinity included.
 * @example numberIn("replicas", 3, { above: 0 }) // 3
 */
export function numberIn(
  place: string,
  value: unknown,
  bounds: { readonly least?: number; readonly above?: number; readonly most?: number } = {},
): number {
  const { above, most = Number.POSITIVE_INFINITY, least = above ?? 0 } = bounds;
  const fits = typeof value === "number" && Number.isFinite(value) && value >= least && value <= most;
  if (fits && value !== above) return value;
  const range = [
    above === undefined ? `of ${least} or more` : `above ${above}`,
    most === Number.POSITIVE_INFINITY ? "" : ` and ${most} at the most`,
  ].join("");
  throw new PlanError(`${place}: ${shown(value)} is not a number ${range}; write one`);
}

/** A whole number within bounds; see {@link numberIn}. */
export function integerIn(place: string, value: unknown, least = 0, most = Number.MAX_SAFE_INTEGER): number {
  const number = numberIn(place, value, { least, most });
  if (Number.isInteger(number)) return number;
  throw new PlanError(
    `${place}: ${number} is not a whole number; write ${Math.ceil(number)}, or another one`,
  );
}

const shown = (value: unknown): string =>
  typeof value === "number" || value === undefined ? String(value) : (JSON.stringify(value) ?? "nothing");
