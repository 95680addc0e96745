/** What is looked at, as the page's address says. */

import { DEFAULT_RANGE, RANGES, type Range } from "../../answers.ts";
import { FIRST } from "./views.ts";

export interface Place {
  readonly dashboard: string;
  readonly range: Range;
}

/** Reads an address; what it does not say is the usual. */
export function placeOf({ pathname, search }: Pick<Location, "pathname" | "search">): Place {
  const [, dashboard = FIRST] = /^\/dashboards\/([^/]+)$/.exec(pathname) ?? [];
  const asked = new URLSearchParams(search).get("range");
  return { dashboard, range: RANGES.find((range) => range === asked) ?? DEFAULT_RANGE };
}

/** The address of a place. */
export const addressOf = ({ dashboard, range }: Place): string =>
  `/dashboards/${dashboard}${range === DEFAULT_RANGE ? "" : `?range=${range}`}`;
