/** Every public path begins with it; the services themselves do not know it. */
export const PUBLIC_PREFIX = "/api";

/**
 * Segments of letters, digits and a few signs that mean the same to every server. Identifiers in paths are made of
 * nothing else, so a path with an escape, an empty segment, a backslash or a control character names nothing; to
 * forward one would only invite the next server to read it differently.
 */
const PLAIN_PATH = /^(?:\/[\w.~@:-]+)+$/;
const DOT_SEGMENT = /\/\.{1,2}(?:\/|$)/;
/** What may stand in a request line: no control characters, no space, no fragment. */
const PLAIN_QUERY = /^[\x21\x22\x24-\x7e\x80-\xff]*$/;

/**
 * The path that a public request is forwarded with, if it may be forwarded at all.
 *
 * @param url Path and query as they came in the request line, such as `/api/products/TEA-001?fields=price`.
 * @param prefix Declared prefix of the service, such as `/products`. It matches whole segments, letter by letter.
 * @returns What the service is asked for, byte for byte what came after `/api`, such as
 * `/products/TEA-001?fields=price`; undefined where the URL is not one of this prefix or could mean two things.
 */
export function forwardedPath(url: string, prefix: string): string | undefined {
  const mark = url.indexOf("?");
  const path = mark < 0 ? url : url.slice(0, mark);
  const base = PUBLIC_PREFIX + prefix;
  const belongs = path === base || path.startsWith(`${base}/`);
  if (!belongs || !PLAIN_PATH.test(path) || DOT_SEGMENT.test(path)) return undefined;
  if (mark >= 0 && !PLAIN_QUERY.test(url.slice(mark))) return undefined;
  return url.slice(PUBLIC_PREFIX.length);
}
