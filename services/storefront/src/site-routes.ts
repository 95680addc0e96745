import type { FastifyReply, FastifyRequest } from "fastify";
import type { Api } from "../../chassis/index.ts";
import { encodingFor } from "./encoding.ts";
import { securityHeaders } from "./security-headers.ts";
import type { Site, SiteFile } from "./site.ts";

/** Names that change with the content: a copy is good for ever. */
const FOR_EVER = "public, max-age=31536000, immutable";
/** A copy may be kept, and is good as long as the server says so. */
const ASK_FIRST = "no-cache";

/**
 * Serves a site: its files, and one page for all of its views, which the page itself tells apart.
 *
 * A path that is neither is answered 404: with the page, which then says so, where a person asks; with a problem
 * where a program does.
 *
 * @param views Paths of its views, as routes.
 */
export function serveSite(api: Api, { page, files }: Site, views: readonly string[]): void {
  const headers = securityHeaders(page.bodies.identity.toString());
  api.addHook("onRequest", (_request, reply, done) => {
    reply.headers(headers);
    done();
  });
  for (const [path, file] of files) {
    api.get(path, (request, reply) => send(file, request, reply));
  }
  for (const view of views) {
    api.get(view, (request, reply) => send(page, request, reply));
  }
  api.get("/*", (request, reply) => {
    if (!wantsPage(request)) return reply.callNotFound();
    return send(page, request, reply.code(404));
  });
}

/** Only people ask for pages; a script or picture that is not there must not turn into one. */
const wantsPage = ({ headers: { accept }, url }: FastifyRequest) =>
  accept?.includes("text/html") === true && !url.startsWith("/assets/");

function send(file: SiteFile, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  reply
    .header("cache-control", file.immutable ? FOR_EVER : ASK_FIRST)
    .header("vary", "accept-encoding")
    .header("etag", file.etag);
  const isKnown = request.headers["if-none-match"]?.includes(file.etag) === true;
  if (isKnown && reply.statusCode === 200) return reply.code(304).send();
  const encoding = encodingFor(request.headers["accept-encoding"], file.bodies);
  if (encoding !== "identity") reply.header("content-encoding", encoding);
  return reply.type(file.type).send(file.bodies[encoding]);
}
