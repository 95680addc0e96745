/** The days of a week as cron counts them, from Sunday. */
export const DAYS: readonly string[] = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

/** Replicas that are kept ready at certain hours, whatever the load: it comes faster than pods start. */
export interface ReserveArgs {
  /**
   * When it begins, on the clock of the autoscaler's time zone.
   *
   * @example "08:00"
   */
  from: string;
  /**
   * When it ends; on the next day where this is earlier than `from`.
   *
   * @example "22:00"
   */
  to: string;
  /**
   * Fewest replicas at that time.
   *
   * @example 6
   */
  min: number;
  /**
   * Days on which it begins: `mon`, `tue`, `wed`, `thu`, `fri`, `sat`, `sun`.
   *
   * @default every day
   * @example ["fri", "sat"]
   */
  days?: string[];
}

const CLOCK = /^([01]\d|2[0-3]):([0-5]\d)$/;

/** Minutes after midnight of a clock's time such as `08:30`; undefined where it is none. */
export function minutesOf(clock: string): number | undefined {
  const [, hours, minutes] = CLOCK.exec(clock) ?? [];
  return hours === undefined ? undefined : Number(hours) * 60 + Number(minutes);
}

/** Beginning and end of a reserve, as cron writes them. */
export interface CronTimes {
  readonly start: string;
  readonly end: string;
}

/**
 * Beginning and end of a reserve as cron expressions. One that lasts beyond midnight ends on the days after.
 *
 * @throws {RangeError} for a time that no clock shows, an unknown day, or an end that is the beginning.
 * @example cronTimes({ from: "22:00", to: "02:00", min: 4, days: ["fri"] }) // { start: "0 22 * * 5", end: "0 2 * * 6" }
 */
export function cronTimes({ from, to, days }: Omit<ReserveArgs, "min">): CronTimes {
  const [start, end] = [from, to].map((clock) => {
    const minutes = minutesOf(clock);
    if (minutes === undefined) throw new RangeError(`"${clock}" is no time of day; write it like 08:00`);
    return minutes;
  }) as [number, number];
  if (start === end) throw new RangeError(`from and to are both ${from}; raise scale.min for the whole day`);
  const numbers = days?.map((day) => {
    const index = DAYS.indexOf(day);
    if (index < 0) throw new RangeError(`"${day}" is no day; write ${DAYS.join(", ")}`);
    return index;
  });
  const at = (minutes: number, later: number) => {
    const on = numbers?.map((day) => (day + later) % DAYS.length).sort((a, b) => a - b);
    return `${minutes % 60} ${Math.floor(minutes / 60)} * * ${on === undefined ? "*" : on.join(",")}`;
  };
  return { start: at(start, 0), end: at(end, end < start ? 1 : 0) };
}

/** What is wrong with a reserve of a service that scales so, with the remedy; undefined where nothing is. */
export function reserveProblem(
  { min, ...times }: ReserveArgs,
  scale: { readonly min: number; readonly max: number },
): string | undefined {
  if (!(min > scale.min && min <= scale.max)) {
    return `min ${min} is not above scale.min (${scale.min}) and up to scale.max (${scale.max}); only what lies between is a reserve`;
  }
  try {
    cronTimes(times);
    return undefined;
  } catch (error) {
    if (error instanceof RangeError) return error.message;
    throw error;
  }
}
