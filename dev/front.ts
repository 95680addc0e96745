import { once } from "node:events";
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from "node:http";

/** Where requests go whose path begins with this one. */
export interface FrontRoute {
  /** Such as `/api`. */
  readonly path: string;
  readonly port: number;
}

/**
 * Joins services behind one loopback port, as the public Ingress does in a cluster: the longest path that fits counts.
 *
 * @param port Port to listen on; 0 for any free one.
 */
export async function openFront(port: number, routes: readonly FrontRoute[]): Promise<Server> {
  const longestFirst = [...routes].sort((a, b) => b.path.length - a.path.length);
  const server = createServer((incoming, outgoing) => {
    const { pathname } = new URL(incoming.url ?? "/", "http://front");
    const route = longestFirst.find(({ path }) => fits(path, pathname));
    if (route === undefined) outgoing.writeHead(404).end();
    else forward(incoming, outgoing, route.port);
  });
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  return server;
}

const fits = (prefix: string, path: string): boolean =>
  prefix === "/" || path === prefix || path.startsWith(`${prefix}/`);

function forward(incoming: IncomingMessage, outgoing: ServerResponse, port: number): void {
  const { method, url, headers, socket } = incoming;
  const proxied = request(
    {
      host: "127.0.0.1",
      port,
      method,
      path: url,
      headers: { ...headers, "x-forwarded-for": socket.remoteAddress ?? "", "x-forwarded-proto": "http" },
    },
    (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
      answer.pipe(outgoing);
    },
  );
  proxied.on("error", () => {
    // It restarts after a change, or has a fault that its own lines tell.
    if (outgoing.headersSent) outgoing.destroy();
    else outgoing.writeHead(503, { "retry-after": "1" }).end("The service is not there; see its output\n");
  });
  outgoing.on("close", () => proxied.destroy());
  incoming.pipe(proxied);
}
