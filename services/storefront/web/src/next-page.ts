/**
 * Where to go after a login: a path of this shop, never another site, whatever the address says.
 *
 * @example nextPage("//evil.example", "/") // "/"
 */
export function nextPage(next: string | undefined, fallback: string): string {
  if (next === undefined || !/^\/(?![/\\])[\w\-./?=&%]*$/.test(next)) return fallback;
  return next;
}
