import type { Progress } from "./progress.ts";

/** Tells every step as one line of JSON, for programs. */
export function jsonProgress(stream: NodeJS.WritableStream = process.stdout): Progress {
  const tell = (event: object): void => void stream.write(`${JSON.stringify(event)}\n`);
  return {
    step: (title, state, note = "") => tell({ event: "step", title, state, note }),
    say: (message) => tell({ event: "message", message }),
    detail: () => undefined,
    finish: (outcome) => tell({ event: "end", ...outcome }),
  };
}
