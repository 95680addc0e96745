import { randomUUID } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { SHIPPING_METHODS } from "../../contracts/address.ts";
import { eventsBy, expectedArrival, FATES, journeyOf } from "./journey.ts";
import { newTrackingNumber } from "./simulated-carrier.ts";

const start = new Date("2026-11-01T12:00:00Z");
const after = (seconds: number) => new Date(start.getTime() + seconds * 1000);
const journey = fc.record({ fate: fc.constantFrom(...FATES), hubs: fc.integer({ min: 1, max: 3 }) });

test.each([
  ["Berlin", "10115", "delivered"],
  ["Lostville", "10115", "lost"],
  ["Berlin", "LOST-1", "lost"],
  ["Delayedtown", "1", "delayed"],
  ["Berlin", "return 7", "returned"],
])("a parcel to %s, %s is %s", (city, postalCode, fate) => {
  expect(journeyOf(randomUUID(), { city, postalCode }, "standard").fate).toBe(fate);
});

test("the same parcel always travels the same way, and express needs no more stops", () => {
  fc.assert(
    fc.property(fc.uuid(), fc.string(), fc.string(), (reference, city, postalCode) => {
      const [standard, express] = SHIPPING_METHODS.map((method) =>
        journeyOf(reference, { city, postalCode }, method),
      );
      expect(journeyOf(reference, { city, postalCode }, "standard")).toEqual(standard);
      expect(express?.hubs).toBeLessThanOrEqual(standard?.hubs ?? 0);
    }),
  );
});

test("events come one by one, in their order, and end a parcel exactly once", () => {
  fc.assert(
    fc.property(journey, fc.integer({ min: 0, max: 600 }), fc.nat(3600), (journey, step, seconds) => {
      const all = eventsBy(after(100_000), journey, start, step);
      const known = eventsBy(after(seconds), journey, start, step);
      expect(known).toEqual(all.slice(0, known.length));
      expect(all.map(({ number }) => number)).toEqual(all.map((_, index) => index + 1));
      const times = all.map(({ at }) => at.getTime());
      expect(times).toEqual(times.toSorted((a, b) => a - b));
      const ends = all.filter(({ status }) => ["delivered", "lost", "returned"].includes(status));
      expect(ends).toEqual(all.slice(-1));
      expect(ends[0]?.status).toBe(journey.fate === "delayed" ? "delivered" : journey.fate);
    }),
  );
});

test("a parcel that is not held up arrives when it is expected, a delayed one later", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 600 }), (hubs, step) => {
      const arrival = (fate: "delivered" | "delayed") =>
        eventsBy(after(100_000), { fate, hubs }, start, step).at(-1)?.at;
      expect(arrival("delivered")).toEqual(expectedArrival({ fate: "delivered", hubs }, start, step));
      expect(arrival("delayed")?.getTime()).toBeGreaterThan(arrival("delivered")?.getTime() ?? Infinity);
    }),
  );
});

test("tracking numbers carry 100 random bits", () => {
  const numbers = Array.from({ length: 1000 }, newTrackingNumber);
  expect(new Set(numbers).size).toBe(1000);
  for (const number of numbers) expect(number).toMatch(/^TS[0-9A-HJKMNP-TV-Z]{20}$/);
  // Each of the 32 letters is missing at one place in 1000 numbers with a probability of 10^-14.
  for (let place = 2; place < 22; place++) {
    expect(new Set(numbers.map((number) => number[place])).size).toBe(32);
  }
});
