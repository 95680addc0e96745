import fc from "fast-check";
import { expect, test } from "vitest";
import { SHIPMENT_STATES } from "../../contracts/logistics-api.ts";
import { CARRIER_STATUSES } from "./carrier.ts";
import { isOver, MOVES, stateAfter, type TravellingState } from "./shipment.ts";

const travelling: readonly TravellingState[] = ["dispatched", "in-transit", "out-for-delivery"];

test("whatever a carrier says, and in whatever order, a shipment makes only legal moves and ends at most once", () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...travelling),
      fc.array(fc.constantFrom(...CARRIER_STATUSES)),
      (start, statuses) => {
        let state: (typeof SHIPMENT_STATES)[number] = start;
        for (const status of statuses) {
          const current = travelling.find((candidate) => candidate === state);
          if (current === undefined) break;
          const next = stateAfter(current, status);
          expect([current, ...MOVES[current]]).toContain(next);
          state = next;
        }
        expect(isOver(state)).toBe(!travelling.some((candidate) => candidate === state));
      },
    ),
  );
});

test("a parcel that is found, delayed, or sorted again does not go back", () => {
  expect(stateAfter("out-for-delivery", "in-transit")).toBe("out-for-delivery");
  expect(stateAfter("in-transit", "delayed")).toBe("in-transit");
});

test("a parcel that comes back to the shop will not arrive", () => {
  for (const state of travelling) expect(stateAfter(state, "returned")).toBe("lost");
});

test("a shipment is over where no move is left", () => {
  expect(SHIPMENT_STATES.filter(isOver)).toEqual(["delivered", "lost", "cancelled"]);
});
