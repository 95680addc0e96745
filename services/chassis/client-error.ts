import { STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import type { ConnectionError } from "fastify";
import { PROBLEM_JSON, Problem } from "./problem.ts";

/** Kinds of request that are refused before any route sees them, by status. */
const REFUSALS: Readonly<Record<number, { readonly slug: string; readonly title: string }>> = {
  408: { slug: "request-timeout", title: "Request too slow" },
  413: { slug: "body-too-large", title: "Body too large" },
  414: { slug: "url-too-long", title: "URL too long" },
  415: { slug: "unsupported-media-type", title: "Unsupported media type" },
  431: { slug: "headers-too-large", title: "Headers too large" },
};

/** The problem of a request that no route can be asked to answer. */
export const refusal = (status: number, detail: string): Problem =>
  new Problem({
    status,
    ...(REFUSALS[status] ?? { slug: "invalid-request", title: "Invalid request" }),
    detail,
  });

const DETAILS: Readonly<Record<string, readonly [status: number, detail: string]>> = {
  ERR_HTTP_REQUEST_TIMEOUT: [408, "The request did not arrive whole in time"],
  HPE_HEADER_OVERFLOW: [431, "The headers are larger than any request needs; send fewer or shorter ones"],
};

/** Answers what is not HTTP, or never arrives whole, with a problem as everything else, and ends the connection. */
export function answerClientError(error: ConnectionError, socket: Socket): void {
  if (error.code === "ECONNRESET" || socket.destroyed) return;
  const [status, detail] = DETAILS[error.code] ?? [400, "The request is not valid HTTP/1.1"];
  const body = JSON.stringify(refusal(status, detail));
  if (socket.writable) {
    socket.write(
      `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nContent-Type: ${PROBLEM_JSON}\r\n` +
        `Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
    );
  }
  socket.destroy(error);
}
