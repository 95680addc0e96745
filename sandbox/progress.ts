/** What a long command tells while it works: which step of how many, for how long, and what it is doing. */

/** Where the words go. */
export interface Reporter {
  /** Takes one finished line, for people and for log files. */
  readonly onProgress: (line: string) => void;
  /** Takes what is going on at this moment, four times a second; a terminal shows only the last. Default: nobody. */
  readonly onDetail?: (text: string) => void;
}

/** One piece of work that takes long enough to be named. */
export interface Step {
  /** What is being done, such as `Compiling kube`. */
  readonly title: string;
  /** @param detail Takes what the step is at, such as the package being compiled. */
  readonly work: (detail: (text: string) => void) => Promise<void>;
}

const REMINDER_SECONDS = 15;
const REDRAW_SECONDS = 0.25;

/**
 * Does one step after the other. Each is announced; a long one is heard of every 15 seconds, with its elapsed time
 * and what it is at.
 *
 * @throws whatever a step throws, at once.
 */
export async function runSteps(steps: readonly Step[], reporter: Reporter): Promise<void> {
  for (const [index, step] of steps.entries()) {
    const label = `[${index + 1}/${steps.length}] ${step.title}`;
    const started = performance.now();
    let latest = "";
    const line = () => `${label}: ${elapsed(started)}${latest === "" ? "" : `, ${latest}`}`;
    reporter.onProgress(label);
    const reminder = setInterval(() => reporter.onProgress(line()), REMINDER_SECONDS * 1000);
    const redraw = setInterval(() => reporter.onDetail?.(line()), REDRAW_SECONDS * 1000);
    try {
      await step.work((text) => {
        latest = text;
      });
    } finally {
      clearInterval(reminder);
      clearInterval(redraw);
    }
    reporter.onProgress(`${label}: done in ${elapsed(started)}`);
  }
}

function elapsed(since: number): string {
  const seconds = (performance.now() - since) / 1000;
  return seconds < 10 ? `${seconds.toFixed(1)} s` : `${Math.round(seconds)} s`;
}
