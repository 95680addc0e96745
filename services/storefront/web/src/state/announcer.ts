import { signal } from "@preact/signals";

/** What screen readers are to say next. */
export const announcement = signal("");

/** Says something that others see: results that arrived, a line that was added. */
export function announce(text: string): void {
  // The same words again are news again: the region must change for them to be said.
  announcement.value = announcement.value === text ? `${text}\u00a0` : text;
}
