import { connect } from "node:net";

/** What came back on a connection of one's own, and when it was closed. */
export interface RawAnswer {
  readonly text: string;
  /** Seconds until the other end closed; undefined where it did not in time. */
  readonly closedAfter: number | undefined;
}

/**
 * Says words to a server that no HTTP client would say, and listens.
 *
 * @param origin Where it listens.
 * @param words What is said at once.
 * @param drop Said a second each, one after the other, while the connection is open. Default: nothing.
 * @param seconds How long to listen.
 */
export function say(
  origin: string,
  words: string,
  { drops = [], seconds }: { drops?: readonly string[]; seconds: number },
): Promise<RawAnswer> {
  const { hostname, port } = new URL(origin);
  const started = performance.now();
  return new Promise((resolve) => {
    let text = "";
    const left = [...drops];
    const socket = connect({ host: hostname, port: Number(port || 80) });
    const dripping = setInterval(() => {
      const next = left.shift();
      if (next !== undefined) socket.write(next);
    }, 1000);
    const end = (closedAfter: number | undefined) => {
      clearInterval(dripping);
      clearTimeout(timer);
      socket.destroy();
      resolve({ text, closedAfter });
    };
    const timer = setTimeout(() => end(undefined), seconds * 1000);
    socket.setEncoding("latin1").on("data", (chunk: string) => {
      text += chunk;
    });
    socket.on("error", () => {}).on("close", () => end((performance.now() - started) / 1000));
    socket.write(words);
  });
}

/** The statuses of the answers in what was heard. */
export const statusesIn = (text: string): number[] =>
  [...text.matchAll(/^HTTP\/1\.[01] (\d{3})/gm)].map(([, status]) => Number(status));
