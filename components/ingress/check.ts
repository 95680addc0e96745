import { refuseArgument } from "../argument-error.ts";
import type { PublicIngressArgs } from "./public-ingress.ts";

/**
 * Refuses what an ingress controller would take and do in its own way.
 *
 * @throws {ArgumentError} at the first argument that cannot be.
 */
export function checkIngress(name: string, { routes, host, tlsSecret }: PublicIngressArgs): void {
  const refuse = (argument: string, value: unknown, remedy: string) =>
    refuseArgument(`PublicIngress "${name}"`, argument, value, remedy);
  if (routes.length === 0) refuse("routes", [], "lead nowhere; name a path and its service");
  for (const [index, { path }] of routes.entries()) {
    const place = `routes[${index}].path`;
    if (!path.startsWith("/")) refuse(place, path, "does not begin with a slash; write it like /api");
    const first = routes.findIndex((route) => route.path === path);
    if (first < index) refuse(place, path, `is that of routes[${first}], too; which service is meant?`);
  }
  if (tlsSecret !== undefined && host === undefined) {
    refuse("tlsSecret", tlsSecret, "is a certificate for a host; name the host as well");
  }
}
