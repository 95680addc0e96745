import { connect } from "node:net";

/** A replica of a Redis server: it takes the replication stream and says so, and keeps nothing of it. */
export interface Replica {
  /** Stays connected, and no longer says that it has anything. */
  freeze(): void;
  close(): void;
}

const command = (...words: readonly string[]): string =>
  `*${words.length}\r\n${words.map((word) => `$${word.length}\r\n${word}\r\n`).join("")}`;

const OK = "+OK\r\n";
/** How the snapshot begins that comes before the stream: its end is marked by these 40 characters. */
const SNAPSHOT = /\+FULLRESYNC \w{40} (\d+)\r\n\n*\$EOF:(\w{40})\r\n/;

/** Says so often what it has, in milliseconds; servers do not listen before they know that the snapshot was sent. */
const REPORT_INTERVAL = 100;

/** Attaches a replica to the server at `url`; resolves when it has the snapshot and takes the stream. */
export async function attachReplica(url: string): Promise<Replica> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  const following = Promise.withResolvers<void>();
  socket.on("error", following.reject);
  let frozen = false;
  let received = "";
  let offset: number | undefined;
  const acknowledge = () => {
    if (!frozen && offset !== undefined) socket.write(command("REPLCONF", "ACK", String(offset)));
  };
  socket.on("data", (bytes) => {
    if (offset !== undefined) {
      offset += bytes.length;
      return acknowledge();
    }
    received += bytes.toString("latin1");
    if (received === OK) socket.write(command("PSYNC", "?", "-1"));
    const [head, start, mark] = SNAPSHOT.exec(received) ?? [];
    if (head === undefined || mark === undefined) return;
    const end = received.indexOf(mark, received.indexOf(head) + head.length);
    if (end < 0) return;
    offset = Number(start) + received.length - end - mark.length;
    acknowledge();
    following.resolve();
  });
  socket.write(command("REPLCONF", "capa", "eof", "capa", "psync2"));
  const reports = setInterval(acknowledge, REPORT_INTERVAL);
  socket.on("close", () => clearInterval(reports));
  await following.promise;
  return {
    freeze() {
      frozen = true;
    },
    close: () => socket.destroy(),
  };
}
