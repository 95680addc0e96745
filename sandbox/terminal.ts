/** Shows progress on standard error: one line that is redrawn at a terminal, plain lines elsewhere. */

import type { Reporter } from "./progress.ts";

/** A reporter with a line of its own on the terminal. */
export interface TerminalReporter extends Reporter {
  /** Takes the line away while somebody else uses the terminal. */
  readonly paused: <T>(work: () => Promise<T>) => Promise<T>;
  /** Takes the line away for good. */
  readonly close: () => void;
}

/** @param output Where to write. Default: standard error, so that standard output holds results alone. */
export function terminalReporter(output: NodeJS.WriteStream = process.stderr): TerminalReporter {
  let paused = false;
  const clear = () => {
    if (output.isTTY) output.write("\r\x1b[K");
  };
  return {
    onProgress: (line) => {
      clear();
      output.write(`${line}\n`);
    },
    onDetail: (text) => {
      if (!output.isTTY || paused) return;
      clear();
      output.write(text.slice(0, output.columns - 1));
    },
    paused: async (work) => {
      paused = true;
      clear();
      try {
        return await work();
      } finally {
        paused = false;
      }
    },
    close: clear,
  };
}
