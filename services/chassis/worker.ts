import type { Logger } from "./log.ts";

/** A piece of work that runs in the background until it is stopped. */
export interface Worker {
  /** Runs it soon instead of at its next turn. */
  wake(): void;
  /** Ends it after the turn that is under way. */
  stop(): Promise<void>;
}

/** Longest pause after failures, in milliseconds. */
const MAX_PAUSE = 30_000;

/**
 * Runs `turn` again and again: at once while it says that there is more to do, else after `interval` or a `wake`.
 * When it fails it is logged once and tried again after a growing pause.
 *
 * @param name Shown in logs.
 * @param interval Pause between turns in milliseconds, such as 1000.
 * @param turn Does a bounded piece of work; answers whether more is waiting.
 * @param linger After a `wake`, waits so long for more to do, in milliseconds. Default: 0.
 */
export function startWorker(
  name: string,
  interval: number,
  turn: () => Promise<boolean>,
  log: Logger,
  linger = 0,
): Worker {
  const stopping = Promise.withResolvers<void>();
  let stopped = false;
  let awake = Promise.withResolvers<void>();
  let failures = 0;
  let woken = false;

  const run = async (): Promise<void> => {
    while (!stopped) {
      awake = Promise.withResolvers<void>();
      woken = false;
      let more = false;
      try {
        more = await turn();
        if (failures > 0) log.info({ worker: name }, "background work goes on");
        failures = 0;
      } catch (error) {
        failures += 1;
        if (failures === 1) log.warn({ worker: name, err: error }, "background work failed; trying again");
      }
      if (failures > 0) await pause(Math.min(interval * 2 ** failures, MAX_PAUSE), [stopping.promise]);
      else if (!more) {
        await pause(interval, [awake.promise, stopping.promise]);
        if (woken && linger > 0) await pause(linger, [stopping.promise]);
      }
    }
  };
  const ended = run();
  return {
    wake() {
      woken = true;
      awake.resolve();
    },
    async stop() {
      stopped = true;
      stopping.resolve();
      await ended;
    },
  };
}

async function pause(milliseconds: number, interrupts: readonly Promise<void>[]): Promise<void> {
  const timer = Promise.withResolvers<void>();
  const handle = setTimeout(timer.resolve, milliseconds);
  await Promise.race([timer.promise, ...interrupts]);
  clearTimeout(handle);
}
