import fc from "fast-check";
import { Value } from "typebox/value";
import { expect, test } from "vitest";
import { PRODUCT_SORTS, ProductQuery } from "../../../contracts/catalog-api.ts";
import { browseUrl, filterCount, readBrowse, SORTS } from "./browse.ts";

const queryOf = (url: string) => Object.fromEntries(new URL(url, "http://shop").searchParams);
const word = fc.oneof(
  fc.string({ unit: "grapheme" }),
  fc.constantFrom("true", "price-asc", "lighting", "1999", "\0"),
);

test("whatever an address says, the catalog is asked what it understands", () => {
  fc.assert(
    fc.property(
      fc.record({ q: word, category: word, sort: word, minPrice: word, maxPrice: word, inStock: word }),
      (query) => {
        const asked = queryOf(browseUrl(readBrowse(query)));
        const read = Value.Default(ProductQuery, Value.Convert(ProductQuery, asked));
        expect([...Value.Errors(ProductQuery, read)]).toEqual([]);
      },
    ),
  );
});

test("an address and what is read from it say the same", () => {
  const browse = {
    q: fc.option(fc.stringMatching(/^[a-zé]{1,20}$/), { nil: undefined }),
    category: fc.constantFrom(undefined, "lighting", "wall-art"),
    sort: fc.constantFrom(undefined, "name" as const, "rating" as const),
    minPrice: fc.option(fc.nat(), { nil: undefined }),
    maxPrice: fc.option(fc.nat(), { nil: undefined }),
    inStock: fc.constantFrom(undefined, true as const),
  };
  fc.assert(
    fc.property(fc.record(browse), (wanted) => {
      expect(readBrowse(queryOf(browseUrl(wanted)))).toEqual(wanted);
    }),
  );
});

test("filters are counted, words and order are not", () => {
  expect(filterCount({ q: "lamp", sort: "name" })).toBe(0);
  expect(filterCount({ category: "lighting", minPrice: 1, maxPrice: 2, inStock: true })).toBe(3);
});

test("every order that the catalog knows has a name", () => {
  expect(Object.keys(SORTS).sort()).toEqual([...PRODUCT_SORTS].sort());
});
