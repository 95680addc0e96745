import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { pino } from "pino";
import { expect, test } from "vitest";
import { openBroker } from "./broker.ts";

/** The first byte of what a service sends to a broker with a URL of this scheme. */
async function firstByte(scheme: string): Promise<number | undefined> {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const connected = once(server, "connection") as Promise<[Socket]>;
  const url = `${scheme}://order:pw@127.0.0.1:${port}/tradestack`;
  const broker = openBroker(url, "order", pino({ level: "silent" }));
  const [socket] = await connected;
  const [bytes] = (await once(socket, "data")) as [Buffer];
  socket.destroy();
  server.close();
  await broker.close();
  return bytes[0];
}

test.each([
  ["amqp", "A".charCodeAt(0)],
  // A handshake of TLS, which comes before anything that AMQP says.
  ["amqps", 0x16],
])("%s:// begins with the byte %i", async (scheme, byte) => {
  expect(await firstByte(scheme)).toBe(byte);
});
