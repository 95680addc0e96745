import { createHash } from "node:crypto";
import type { Api } from "../../chassis/index.ts";
import type { ServiceDescription } from "../../description.ts";
import { SECURITY_HEADERS } from "./headers.ts";
import { PUBLIC_PREFIX } from "./path.ts";
import { PUBLIC_DOCUMENT_PATH, type PublicDocument } from "./public-document.ts";
import type { SelfDescriptions } from "./self-descriptions.ts";

const STYLE =
  "body{font:1rem/1.6 system-ui;max-width:48rem;margin:3rem auto;padding:0 1rem;color-scheme:light dark}" +
  "dt{margin-top:.5rem}dd{margin:0 0 0 2rem}code{overflow-wrap:anywhere}";
const STYLE_HASH = createHash("sha256").update(STYLE).digest("base64");
const POLICY = `${SECURITY_HEADERS["content-security-policy"]}; style-src 'sha256-${STYLE_HASH}'`;
/** Descriptions change when a service is upgraded, not from minute to minute. */
const CACHED = "public, max-age=60";

/** A text made of a document, together with the tag that tells it from a later one. */
interface Rendition {
  readonly document: PublicDocument;
  readonly text: string;
  readonly etag: string;
}

/**
 * Answers `GET /api` with a plain page that says what the API has, and `GET /api/openapi.json` with its description
 * for programs.
 */
export function frontPage(
  api: Api,
  services: readonly ServiceDescription[],
  descriptions: SelfDescriptions,
): void {
  const serve = (
    path: string,
    headers: Readonly<Record<string, string>>,
    render: (document: PublicDocument) => string,
  ) => {
    let latest: Rendition | undefined;
    api.get(path, async (request, reply) => {
      const document = await descriptions.current();
      if (latest?.document !== document) {
        const text = render(document);
        latest = { document, text, etag: `"${createHash("sha256").update(text).digest("base64url")}"` };
      }
      const { text, etag } = latest;
      reply.headers({ ...headers, etag, "cache-control": CACHED });
      return request.headers["if-none-match"] === etag ? reply.code(304).send() : reply.send(text);
    });
  };
  const html = { "content-type": "text/html; charset=utf-8", "content-security-policy": POLICY };
  for (const path of [PUBLIC_PREFIX, `${PUBLIC_PREFIX}/`]) {
    serve(path, html, (document) => page(services, document));
  }
  serve(PUBLIC_DOCUMENT_PATH, { "content-type": "application/json; charset=utf-8" }, JSON.stringify);
}

const page = (
  services: readonly ServiceDescription[],
  { info, paths }: PublicDocument,
): string => `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${info.title}</title>
<style>${STYLE}</style></head>
<body><main>
<h1>${info.title}</h1>
<p>${escapeHtml(info.description)}</p>
<p>For programs: <a href="${PUBLIC_DOCUMENT_PATH}">OpenAPI 3.1</a></p>
${services.map((service) => section(service, paths)).join("\n")}
</main></body>
</html>
`;

/** What one service has: its operations, or only its prefixes where it has not told yet. */
function section({ name, summary, routes }: ServiceDescription, paths: PublicDocument["paths"]): string {
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods)
      .filter(([, operation]) => isOf(name, operation))
      .map(([method, operation]) => entry(`${method.toUpperCase()} ${path}`, summaryOf(operation))),
  );
  const entries =
    operations.length > 0 ? operations : routes.map((route) => entry(PUBLIC_PREFIX + route, ""));
  return `<h2>${name}</h2>\n<p>${escapeHtml(summary)}</p>\n<dl>${entries.join("\n")}</dl>`;
}

const entry = (term: string, text: string) =>
  `<dt><code>${escapeHtml(term)}</code></dt><dd>${escapeHtml(text)}</dd>`;

const member = (value: unknown, name: string): unknown =>
  typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
const isOf = (service: string, operation: unknown) => [member(operation, "tags")].flat().includes(service);
const summaryOf = (operation: unknown) => String(member(operation, "summary") ?? "");

const escapeHtml = (text: string) =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
