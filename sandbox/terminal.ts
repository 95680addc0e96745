/** Shows progress on standard error: one line that is redrawn at a terminal, plain lines elsewhere. */

import type { Reporter } from "./progress.ts";

/** A reporter that can take its line off the terminal. */
export interface TerminalReporter extends Reporter {
  /** Takes the line away, for good or while somebody else writes. */
  readonly clear: () => void;
}

/** @param output Where to write. Default: standard error, so that standard output holds results alone. */
export function terminalReporter(output: NodeJS.WriteStream = process.stderr): TerminalReporter {
  if (!output.isTTY) return { onProgress: (line) => output.write(`${line}\n`), clear: () => {} };
  const clear = () => {
    output.write("\r\x1b[K");
  };
  return {
    onProgress: (line) => {
      clear();
      output.write(`${line}\n`);
    },
    onDetail: (text) => {
      clear();
      output.write(text.slice(0, output.columns - 1));
    },
    clear,
  };
}
