import { createHash } from "node:crypto";
import type { Api } from "../../chassis/api.ts";
import type { ServiceDescription } from "../../description.ts";
import { SECURITY_HEADERS } from "./headers.ts";
import { PUBLIC_PREFIX } from "./path.ts";

const STYLE =
  "body{font:1rem/1.6 system-ui;max-width:42rem;margin:4rem auto;padding:0 1rem;color-scheme:light dark}";
const STYLE_HASH = createHash("sha256").update(STYLE).digest("base64");

/** Answers `GET /` with a plain page that says what the API has. */
export function frontPage(api: Api, services: readonly ServiceDescription[]): void {
  const entries = services.flatMap(({ routes, summary }) =>
    routes.map((route) => {
      const path = PUBLIC_PREFIX + route;
      return `<dt><a href="${path}">${path}</a></dt><dd>${escapeHtml(summary)}</dd>`;
    }),
  );
  const page = `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Tradestack API</title>
<style>${STYLE}</style></head>
<body><main>
<h1>Tradestack API</h1>
<p>JSON over HTTP; errors are problem details (RFC 9457).</p>
<dl>${entries.join("\n")}</dl>
</main></body>
</html>
`;
  const policy = `${SECURITY_HEADERS["content-security-policy"]}; style-src 'sha256-${STYLE_HASH}'`;
  api.get("/", (_request, reply) =>
    reply.type("text/html; charset=utf-8").header("content-security-policy", policy).send(page),
  );
}

const escapeHtml = (text: string) =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
