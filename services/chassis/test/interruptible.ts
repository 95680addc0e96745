import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** A way to a server that can be interrupted as a network or a crash would do it. */
export interface Interruptible {
  /** The server's URL, by this way. */
  readonly url: string;
  /** Breaks every connection and takes no further one, as a server that was killed. */
  cut(): Promise<void>;
  /** Holds every byte back and keeps the connections open, as a server that hangs. */
  freeze(): void;
  /** Lets everything through again, what was held back first. */
  restore(): Promise<void>;
}

/** Opens a way to the server at `target` on a loopback port of its own. */
export async function interruptible(target: string): Promise<Interruptible> {
  const { hostname, port: targetPort } = new URL(target);
  const sockets = new Set<Socket>();
  let frozen = false;
  const server = createServer((near) => {
    const far = connect(Number(targetPort), hostname);
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from);
      from.on("data", (bytes) => to.write(bytes));
      if (frozen) from.pause();
      from.on("error", () => to.destroy());
      from.on("close", () => {
        sockets.delete(from);
        to.destroy();
      });
    }
  });
  const listen = async (port: number) => {
    const listening = Promise.withResolvers<void>();
    server.listen(port, "127.0.0.1", listening.resolve);
    await listening.promise;
  };
  await listen(0);
  const { port } = server.address() as AddressInfo;
  const url = new URL(target);
  url.host = `127.0.0.1:${port}`;
  return {
    url: url.href,
    async cut() {
      const closed = Promise.withResolvers<void>();
      server.close(() => closed.resolve());
      for (const socket of sockets) socket.destroy();
      await closed.promise;
    },
    freeze() {
      frozen = true;
      for (const socket of sockets) socket.pause();
    },
    async restore() {
      frozen = false;
      for (const socket of sockets) socket.resume();
      if (!server.listening) await listen(port);
    },
  };
}
