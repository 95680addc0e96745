/** One command at a time changes the sandbox. */

import { createHash } from "node:crypto";
import { createServer, type Server } from "node:net";
import { setTimeout } from "node:timers/promises";

/**
 * Does some work while no other process does work under the same name. The lock is a socket without a file, which
 * the kernel takes back however its holder ends: there is no stale lock.
 *
 * @param path What the lock is for, such as the state directory.
 * @param onWait Called once when another process holds it.
 * @param signal Ends the waiting when aborted; the work has to look at it itself. Default: none.
 */
export async function withLock<T>(
  path: string,
  onWait: () => void,
  work: () => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  const name = `\0tradestack-${createHash("sha256").update(path).digest("hex").slice(0, 32)}`;
  let told = false;
  let lock = await tryLock(name);
  while (lock === undefined) {
    if (!told) onWait();
    told = true;
    await setTimeout(200, undefined, { signal });
    lock = await tryLock(name);
  }
  try {
    return await work();
  } finally {
    lock.close();
  }
}

function tryLock(name: string): Promise<Server | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer((connection) => connection.destroy());
    server.once("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EADDRINUSE") resolve(undefined);
      else reject(error);
    });
    server.listen({ path: name, exclusive: true }, () => resolve(server));
  });
}
