import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { LOGISTICS_PROBLEMS } from "../../contracts/logistics-api.ts";

/** What the order service needs of logistics: shipments can be barred until they are dispatched. */
export interface Logistics {
  readonly url: string;
  /** Orders whose shipment was barred. */
  readonly barred: ReadonlySet<string>;
  /** Hands the parcel of an order to the carrier; answers whether it was still possible. */
  dispatch(orderId: string): boolean;
  close(): Promise<void>;
}

/** Starts a server that keeps the contract of `PUT /cancellations/{orderId}`, without the parcels behind it. */
export async function startLogistics(): Promise<Logistics> {
  const barred = new Set<string>();
  const dispatched = new Set<string>();
  const server = createServer((request, response) => {
    const orderId = /^\/cancellations\/([\da-f-]{36})$/.exec(request.url ?? "")?.[1];
    if (request.method !== "PUT" || orderId === undefined) {
      response.writeHead(404).end();
    } else if (dispatched.has(orderId)) {
      const problem = {
        type: `urn:tradestack:problem:${LOGISTICS_PROBLEMS.alreadyDispatched}`,
        title: "Already dispatched",
        status: 409,
      };
      response.writeHead(409, { "content-type": "application/problem+json" }).end(JSON.stringify(problem));
    } else {
      barred.add(orderId);
      response.writeHead(204).end();
    }
  });
  const listening = Promise.withResolvers<void>();
  server.listen(0, "127.0.0.1", listening.resolve);
  await listening.promise;
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    barred,
    dispatch(orderId) {
      if (barred.has(orderId)) return false;
      dispatched.add(orderId);
      return true;
    },
    async close() {
      const closed = Promise.withResolvers<void>();
      server.close(() => closed.resolve());
      server.closeAllConnections();
      await closed.promise;
    },
  };
}
