import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** Replicas behind one address, as a Kubernetes Service has them: each connection goes to one of them for good. */
export interface Balanced {
  readonly origin: string;
  /** Kills a replica as it stands: its connections break, and it gets no new ones. */
  kill(port: number): void;
  close(): Promise<void>;
}

/** Puts replicas that listen on loopback ports behind one address; connections go to them in turn. */
export async function balanced(ports: readonly number[]): Promise<Balanced> {
  const alive = new Set(ports);
  const sockets = new Map<Socket, number>();
  let turn = 0;
  const server = createServer((near) => {
    const port = [...alive][turn++ % alive.size];
    if (port === undefined) {
      near.resetAndDestroy();
      return;
    }
    const far = connect(port, "127.0.0.1");
    sockets.set(near, port);
    near.pipe(far).pipe(near);
    near.on("error", () => far.destroy()).on("close", () => sockets.delete(near) && far.destroy());
    far.on("error", () => near.destroy());
  });
  const listening = Promise.withResolvers<void>();
  server.listen(0, "127.0.0.1", listening.resolve);
  await listening.promise;
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    kill(killed) {
      alive.delete(killed);
      for (const [socket, port] of sockets) if (port === killed) socket.resetAndDestroy();
    },
    async close() {
      const closed = Promise.withResolvers<void>();
      server.close(() => closed.resolve());
      for (const socket of sockets.keys()) socket.destroy();
      await closed.promise;
    },
  };
}
