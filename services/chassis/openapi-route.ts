import type { ServiceDescription } from "../description.ts";
import type { Api } from "./api.ts";
import { type DescribedRoute, OPENAPI_PATH, openApiDocument } from "./openapi.ts";

/**
 * Lets a service describe its own API at `GET /openapi.json`. The document is made when it is first asked for.
 *
 * @param api An API without routes; those that are registered from now on are described.
 */
export function serveOpenApi(api: Api, service: ServiceDescription): void {
  const routes: DescribedRoute[] = [];
  let document: string | undefined;
  api.get(OPENAPI_PATH, (_request, reply) => {
    document ??= JSON.stringify(openApiDocument(service, routes));
    return reply.type("application/json; charset=utf-8").send(document);
  });
  // After the route above, which describes and is not described.
  api.addHook("onRoute", ({ method, url, schema }) => {
    routes.push({ method, url, ...(schema === undefined ? {} : { schema }) });
  });
}
