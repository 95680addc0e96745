import type { Answer } from "../platform/shop.ts";

/** One attack, and whether it came to nothing. */
export interface Attack {
  readonly name: string;
  /** Tells what happened, where that was no safe answer; undefined where it was. */
  readonly attempt: () => Promise<string | undefined>;
}

/** An attack whose answer has to have one of these statuses. */
export const answered = (
  name: string,
  send: () => Promise<Answer>,
  ...statuses: readonly number[]
): Attack => ({
  name,
  async attempt() {
    const { status, body } = await send();
    return statuses.includes(status) ? undefined : `${status} ${JSON.stringify(body).slice(0, 200)}`;
  },
});
