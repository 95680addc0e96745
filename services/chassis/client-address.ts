import type { FastifyRequest } from "fastify";

/** Address of the person's computer: the gateway says it, and nobody else gets to a service. */
export function clientAddress({ headers, ip }: Pick<FastifyRequest, "headers" | "ip">): string {
  const forwarded = headers["x-forwarded-for"];
  return typeof forwarded === "string" && forwarded !== "" ? forwarded : ip;
}
