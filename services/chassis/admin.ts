import { type FastifyInstance, fastify } from "fastify";
import type { Metrics } from "./metrics.ts";
import { exposition } from "./openmetrics.ts";

/** Where a service is in its life; each answers the kubelet's probes differently. */
export type Phase = "starting" | "serving" | "draining";

/**
 * Makes the server of the admin port: `/livez` (the process answers), `/startupz` (it has started), `/readyz` (it
 * takes requests) and `/metrics`.
 *
 * Readiness does not look at databases or other services: were one of them away, every replica would leave its
 * Service at once and users would get a bare error of the proxy instead of a clean 503.
 */
export function createAdmin(phase: () => Phase, metrics: Metrics): FastifyInstance {
  const admin = fastify({ forceCloseConnections: true });
  admin.get("/livez", () => ({ status: "ok" }));
  admin.get("/startupz", (_, reply) =>
    reply.code(phase() === "starting" ? 503 : 200).send({ status: phase() }),
  );
  admin.get("/readyz", (_, reply) => reply.code(phase() === "serving" ? 200 : 503).send({ status: phase() }));
  admin.get("/metrics", async (request, reply) => {
    const { contentType, text } = await exposition(metrics.registry, request.headers.accept);
    return reply.header("content-type", contentType).send(text);
  });
  return admin;
}
