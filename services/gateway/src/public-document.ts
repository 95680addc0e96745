import { COMPONENTS, type OpenApiDocument, SECURITY } from "../../chassis/openapi.ts";
import type { ServiceDescription } from "../../description.ts";
import { PUBLIC_PREFIX } from "./path.ts";

/** Where the description of the public API is. */
export const PUBLIC_DOCUMENT_PATH = `${PUBLIC_PREFIX}/openapi.json`;

/** The public API as one OpenAPI 3.1 document. */
export interface PublicDocument {
  readonly openapi: "3.1.0";
  readonly info: { readonly title: string; readonly description: string; readonly version: string };
  readonly tags: readonly { readonly name: string; readonly description: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly components: typeof COMPONENTS;
  readonly security: typeof SECURITY;
}

/**
 * Joins what services say of themselves into what the public may use: the paths below their declared prefixes, as
 * the public finds them, and nothing of the rest.
 *
 * @param services Every routed service; each becomes a tag.
 * @param described What is known of them, by name; a service that is not known yet is there as a tag only.
 */
export function publicDocument(
  services: readonly ServiceDescription[],
  described: ReadonlyMap<string, OpenApiDocument>,
): PublicDocument {
  const paths = services.flatMap(({ name, routes }) =>
    Object.entries(described.get(name)?.paths ?? {})
      .filter(([path]) => routes.some((route) => path === route || path.startsWith(`${route}/`)))
      .map(([path, operations]) => [PUBLIC_PREFIX + path, tagged(operations, name)] as const),
  );
  return {
    openapi: "3.1.0",
    info: {
      title: "Tradestack API",
      description:
        "JSON over HTTP; amounts are whole minor units; errors are problem details (RFC 9457). A request that " +
        "creates something carries an Idempotency-Key and may be repeated with it.",
      version: "1",
    },
    tags: services.map(({ name, summary }) => ({
      name,
      description: described.has(name) ? summary : `${summary} (cannot describe itself at the moment)`,
    })),
    paths: Object.fromEntries(paths),
    components: COMPONENTS,
    security: SECURITY,
  };
}

/** Operations of one service, whatever it calls itself. */
const tagged = (operations: Readonly<Record<string, unknown>>, service: string): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(operations).map(([method, operation]) => [
      method,
      typeof operation === "object" ? { ...operation, tags: [service] } : operation,
    ]),
  );
