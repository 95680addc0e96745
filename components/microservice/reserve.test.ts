import fc from "fast-check";
import { expect, test } from "vitest";
import { cronTimes, DAYS, minutesOf } from "./reserve.ts";

const DAY = 24 * 60;
const WEEK = 7 * DAY;
const clock = fc
  .integer({ min: 0, max: DAY - 1 })
  .map((minutes) =>
    [Math.floor(minutes / 60), minutes % 60].map((part) => String(part).padStart(2, "0")).join(":"),
  );

/** Minutes of a week at which such a cron expression fires. */
function firings(cron: string): number[] {
  const [minute, hour, , , days = "*"] = cron.split(" ");
  const all = days === "*" ? DAYS.map((_, index) => index) : days.split(",").map(Number);
  return all.map((day) => day * DAY + Number(hour) * 60 + Number(minute));
}
/** How long it is until one of some minutes of the week comes; they come again every week. */
const until = (minutes: readonly number[], now: number) =>
  Math.min(...minutes.map((minute) => (minute - now + WEEK - 1) % WEEK));

test("at every minute of the week a reserve holds if it began on one of its days and has not ended", () => {
  const days = fc.option(fc.uniqueArray(fc.constantFrom(...DAYS), { minLength: 1 }), { nil: undefined });
  fc.assert(
    fc.property(clock, clock, days, fc.integer({ min: 0, max: WEEK - 1 }), (from, to, days, now) => {
      fc.pre(from !== to);
      const { start, end } = cronTimes({ from, to, ...(days === undefined ? {} : { days }) });
      // So KEDA decides: it holds where the next end comes before the next beginning.
      const holds = until(firings(end), now) < until(firings(start), now);
      const begins = minutesOf(from) ?? 0;
      const lasts = ((minutesOf(to) ?? 0) - begins + DAY) % DAY;
      const expected = DAYS.some((day, index) => {
        const since = (now - (index * DAY + begins) + WEEK) % WEEK;
        return (days === undefined || days.includes(day)) && since < lasts;
      });
      expect(holds).toBe(expected);
    }),
  );
});

test.each([
  [{ from: "8:00", to: "22:00" }, '"8:00" is no time of day; write it like 08:00'],
  [{ from: "08:00", to: "24:00" }, '"24:00" is no time of day; write it like 08:00'],
  [{ from: "08:00", to: "08:00" }, "from and to are both 08:00; raise scale.min for the whole day"],
  [
    { from: "08:00", to: "09:00", days: ["monday"] },
    '"monday" is no day; write sun, mon, tue, wed, thu, fri, sat',
  ],
])("%j is refused", (reserve, message) => {
  expect(() => cronTimes(reserve)).toThrow(message);
});
