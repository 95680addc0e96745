const day = new Intl.DateTimeFormat(undefined, { dateStyle: "long" });
const moment = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });

/** `21 November 2026`, as the visitor's language has it. */
export const formatDay = (iso: string): string => day.format(new Date(iso));

/** `21 Nov 2026, 11:43`, as the visitor's language has it. */
export const formatMoment = (iso: string): string => moment.format(new Date(iso));
