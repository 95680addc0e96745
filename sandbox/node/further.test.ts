import { describe, expect, it } from "vitest";
import { refusedEvictions } from "./further.ts";

describe("refusedEvictions", () => {
  it("tells each pod that did not go once, with its reason", () => {
    const trouble = (pod: string) =>
      `error when evicting pods/"${pod}" -n "shop" (will retry after 5s): Cannot evict pod as it would violate the pod's disruption budget.`;
    const lines = [
      "node/sandbox-2 cordoned",
      "evicting pod shop/cart-1",
      trouble("cart-1"),
      trouble("order-1"),
      trouble("cart-1"),
      'error: unable to drain node "sandbox-2" due to error: global timeout reached: 3m0s, continuing command...',
    ];
    expect(refusedEvictions(lines)).toEqual([
      "pod shop/cart-1: Cannot evict pod as it would violate the pod's disruption budget",
      "pod shop/order-1: Cannot evict pod as it would violate the pod's disruption budget",
    ]);
  });

  it("tells nothing where all went", () => {
    expect(refusedEvictions(["node/sandbox-2 drained"])).toEqual([]);
  });
});
