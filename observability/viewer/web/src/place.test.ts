import fc from "fast-check";
import { expect, test } from "vitest";
import { RANGES } from "../../answers.ts";
import { addressOf, placeOf } from "./place.ts";
import { FIRST } from "./views.ts";

test("every place has an address that leads back to it", () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[a-z][a-z-]{0,20}$/), fc.constantFrom(...RANGES), (dashboard, range) => {
      const { pathname, search } = new URL(addressOf({ dashboard, range }), "http://viewer");
      expect(placeOf({ pathname, search })).toEqual({ dashboard, range });
    }),
  );
});

test("what an address does not say is the usual", () => {
  expect(placeOf({ pathname: "/", search: "?range=2y" })).toEqual({ dashboard: FIRST, range: "1h" });
});
