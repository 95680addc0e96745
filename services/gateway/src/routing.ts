import type { ServiceDescription } from "../../description.ts";

/** Every public path of a service begins with it; the services themselves do not know it. */
export const PUBLIC_PREFIX = "/api";

/** Where a request goes. */
export interface Target {
  readonly service: ServiceDescription;
  /** Path and query as the service gets them, byte for byte what the caller sent after `/api`. */
  readonly path: string;
}

/** Why a request goes nowhere: nobody declared its path, or its path could mean two things. */
export type NoTarget = "unknown" | "ambiguous";

/** Finds the service for a request's raw URL. Made by {@link createRouter}. */
export type Router = (url: string) => Target | NoTarget;

/** Paths are plain segments of unreserved characters and a few more; what is escaped must need it. */
const SEGMENT_CHARACTERS = /^(?:\/(?:[\w.~!$&'()*+,;=:@-]|%[0-9a-f]{2})*)+$/i;
/**
 * Escapes that some servers undo before they look at the path and others do not: letters, digits and `-._~` (which
 * never need one), `/`, `\`, `%` itself and control characters. What one server checks, another must not read
 * differently.
 */
const TWO_FACED_ESCAPE = /%(?:[013-7][0-9a-f]|2[def5]|5[f]|7[ef])/i;
const PRINTABLE_ESCAPE_NEEDED = /%(?:3[a-f]|40|5[bde]|60|7[bcd])/gi;
const DOT_SEGMENT = /\/\.{1,2}(?:\/|$)/;
