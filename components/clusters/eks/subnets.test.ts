import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseNetwork } from "../load-balancer/network.ts";
import { addressIn, MOST_ZONES, overlap, planSubnets, readRange, refuseOverlaps } from "./subnets.ts";

const network = (cidr: string) => {
  const parsed = parseNetwork(cidr);
  if (parsed === undefined) throw new Error(`${cidr} is no network`);
  return parsed;
};

/** A range that a VPC may have. */
const vpc = fc
  .record({ prefix: fc.integer({ min: 16, max: 21 }), at: fc.nat(2 ** 16 - 1) })
  .map(({ prefix, at }) => {
    const size = 2 ** (32 - prefix);
    return `${addressIn("10.0.0.0/8", Math.floor((at * 256) / size) * size)}/${prefix}`;
  });
const zones = fc.integer({ min: 1, max: MOST_ZONES });

describe("planSubnets", () => {
  test("cuts 10.0.0.0/16 for three zones", () => {
    expect(planSubnets("cidr", "10.0.0.0/16", 3)).toEqual([
      { private: "10.0.0.0/19", public: "10.0.192.0/22", data: "10.0.224.0/22" },
      { private: "10.0.32.0/19", public: "10.0.196.0/22", data: "10.0.228.0/22" },
      { private: "10.0.64.0/19", public: "10.0.200.0/22", data: "10.0.232.0/22" },
    ]);
  });

  test("gives every zone subnets within the range, of which no two have an address in common", () => {
    fc.assert(
      fc.property(vpc, zones, (cidr, count) => {
        const whole = network(cidr);
        const parts = planSubnets("cidr", cidr, count).flatMap((zone) => [
          zone.public,
          zone.private,
          zone.data,
        ]);
        const ranges = parts.map(network);
        for (const [index, range] of ranges.entries()) {
          expect(parts[index]).toBe(
            `${addressIn(cidr, range.base - whole.base)}/${32 - Math.log2(range.size)}`,
          );
          expect(range.base + range.size).toBeLessThanOrEqual(whole.base + whole.size);
          for (const other of ranges.slice(index + 1)) expect(overlap(range, other)).toBe(false);
        }
      }),
      { numRuns: 50 },
    );
  });

  test("leaves the zones that there are where they are when one is added", () => {
    fc.assert(
      fc.property(vpc, zones, (cidr, count) => {
        expect(planSubnets("cidr", cidr, MOST_ZONES).slice(0, count)).toEqual(
          planSubnets("cidr", cidr, count),
        );
      }),
      { numRuns: 20 },
    );
  });

  test.each<[string, number, RegExp]>([
    ["10.0.0.0/16", 0, /cannot be shared out to 0 zones; give it 1 to 6/],
    ["10.0.0.0/16", 7, /to 7 zones/],
    ["10.0.0.0/22", 3, /"10\.0\.0\.0\/22" is too small; write a range from \/16 to \/21/],
    ["10.0.0.0/15", 3, /is too large/],
    ["10.0.1.0/16", 3, /begins within a range; write 10\.0\.0\.0\/16/],
    ["11.0.0.0/16", 3, /belongs to others; write a range within 10\.0\.0\.0\/8/],
    ["172.32.0.0/16", 3, /belongs to others/],
    ["10.0.0/16", 3, /is no range of addresses/],
  ])("refuses %s for %i zones", (cidr, count, message) => {
    expect(() => planSubnets("cluster.cidr", cidr, count)).toThrow(message);
    expect(() => planSubnets("cluster.cidr", cidr, count)).toThrow(/^cluster\.cidr: /);
  });
});

test("a range that begins and ends within a private one passes", () => {
  expect(readRange("cidr", "172.20.0.0/16", 12, 24).size).toBe(65_536);
  expect(() => readRange("cidr", "172.0.0.0/11", 8, 24)).toThrow(/belongs to others/);
});

test("ranges with an address in common are refused, and no others", () => {
  expect(() =>
    refuseOverlaps({ vpc: "10.0.0.0/16", services: "172.20.0.0/16", office: "10.1.0.0/16" }),
  ).not.toThrow();
  expect(() => refuseOverlaps({ vpc: "10.0.0.0/16", office: "10.0.128.0/24" })).toThrow(
    /^office: 10\.0\.128\.0\/24 overlaps vpc \(10\.0\.0\.0\/16\); choose another range/,
  );
  expect(() => refuseOverlaps({ office: "10.0.0.0" })).toThrow(/^office: "10\.0\.0\.0" is no range/);
});

test("addresses are counted from the first one", () => {
  expect(addressIn("172.20.0.0/16", 10)).toBe("172.20.0.10");
  expect(addressIn("10.255.254.0/23", 256)).toBe("10.255.255.0");
  expect(() => addressIn("10.0.0.0/30", 4)).toThrow(/has no address number 4/);
});
