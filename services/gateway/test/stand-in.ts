import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";

/** A request that a {@link StandIn} got. */
export interface Received {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

/** How a {@link StandIn} treats one request. */
export type Behaviour = (request: Received, response: ServerResponse, socket: Socket) => void;

/** A service on loopback that misbehaves as it is told, and keeps what it got. */
export class StandIn {
  readonly received: Received[] = [];
  behave: Behaviour = (_request, response) =>
    response.setHeader("content-type", "application/json").end("{}");
  readonly #server = createServer(async (message, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of message) chunks.push(chunk);
    const received = {
      method: message.method ?? "",
      url: message.url ?? "",
      headers: message.headers,
      body: Buffer.concat(chunks).toString(),
    };
    this.received.push(received);
    this.behave(received, response, message.socket);
  });

  /** Starts to listen; resolves to its origin, such as `http://127.0.0.1:40000`. */
  async listen(port = 0): Promise<string> {
    const listening = Promise.withResolvers<void>();
    this.#server.listen(port, "127.0.0.1", listening.resolve);
    await listening.promise;
    return `http://127.0.0.1:${this.port}`;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    const closed = Promise.withResolvers<void>();
    this.#server.close(() => closed.resolve());
    this.#server.closeAllConnections();
    await closed.promise;
  }
}
