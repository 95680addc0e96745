import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { addressesOf, freeSlot, isOfSlot, SLOTS } from "./addresses.ts";
import { MAX_NODES } from "./layout.ts";

const slots = fc.integer({ min: 0, max: SLOTS - 1 });
const indexes = fc.integer({ min: 1, max: MAX_NODES });

describe("addressesOf", () => {
  it("gives each node of each sandbox its own, within what the sandbox says it uses", () => {
    fc.assert(
      fc.property(slots, indexes, slots, indexes, (slot, index, otherSlot, otherIndex) => {
        const { node, linkOnMachine, linkOnNode, cluster } = addressesOf(slot, index);
        const other = addressesOf(otherSlot, otherIndex);
        expect(node === other.node).toBe(slot === otherSlot && index === otherIndex);
        expect(cluster === other.cluster).toBe(slot === otherSlot);
        for (const address of [node, linkOnMachine, linkOnNode]) {
          expect(isOfSlot(slot, address)).toBe(true);
          expect(isOfSlot(otherSlot, address)).toBe(slot === otherSlot);
        }
        expect([linkOnMachine, linkOnNode]).not.toContain(other.node);
      }),
    );
  });
});

describe("freeSlot", () => {
  it("is the first that the machine has no address of", () => {
    expect(freeSlot(["127.0.0.1", "192.168.0.2"])).toBe(0);
    expect(freeSlot(["10.244.1.1", "10.246.1.1"])).toBe(1);
    expect(freeSlot(["10.244.1.1", "10.245.1.1"])).toBe(2);
  });

  it("is the first of all where none is free, so that what is in the way gets named", () => {
    expect(freeSlot(Array.from({ length: SLOTS }, (_, slot) => addressesOf(slot, 1).linkOnMachine))).toBe(0);
  });
});
