import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { forwardedPath } from "./path.ts";

describe("forwardedPath", () => {
  test.each([
    ["/api/products", "/products"],
    ["/api/products?q=tea%20pot&after=A", "/products?q=tea%20pot&after=A"],
    ["/api/products/TEA-001", "/products/TEA-001"],
    ["/api/products/a..b/.c", "/products/a..b/.c"],
    ["/api/products?path=/../x//y", "/products?path=/../x//y"],
  ])("forwards %s as %s", (url, path) => {
    expect(forwardedPath(url, "/products")).toBe(path);
  });

  test.each([
    "/products",
    "/api",
    "/api/product",
    "/api/productsx",
    "/api/products-internal",
    "/API/products",
    "/api/Products",
    "/api/products/",
    "/api//products",
    "//api/products",
    "/api/products//x",
    "/api/products/..",
    "/api/products/../reservations/1",
    "/api/products/./x",
    "/api/products/%2e%2e/reservations/1",
    "/api/products/..%2freservations",
    "/api/products/..;/reservations",
    "/api/products/..\\reservations",
    "/api/products%00",
    "/api/%70roducts",
    "/%61pi/products",
    "/api/products#x",
    "/api/products?q=#x",
    "/api/products?q= x",
    "/api/products?q=\r\nhost: x",
    "http://elsewhere/api/products",
    "*",
    "",
  ])("forwards %s nowhere", (url) => {
    expect(forwardedPath(url, "/products")).toBeUndefined();
  });

  test("whatever comes in, what goes out stays below the prefix however a server reads it", () => {
    const piece = fc.oneof(
      fc.constantFrom(
        ...[
          "/",
          "//",
          ".",
          "..",
          "/../",
          "%2e",
          "%2E%2e",
          "%2f",
          "%5c",
          "\\",
          "%00",
          ";",
          "?",
          "#",
          "%",
          "%25",
        ],
        ...[
          "/api",
          "/products",
          "products",
          "/reservations",
          "/stock",
          "PRODUCTS",
          "a",
          "\t",
          "\n",
          " ",
          "@",
          ":",
        ],
      ),
      fc.string({ unit: "binary", maxLength: 3 }),
    );
    const url = fc
      .tuple(fc.constantFrom("/api/products", "/api", ""), fc.array(piece, { maxLength: 8 }))
      .map(([start, rest]) => start + rest.join(""));
    fc.assert(
      fc.property(url, (raw) => {
        const forwarded = forwardedPath(raw, "/products");
        if (forwarded === undefined) return;
        expect(`/api${forwarded}`).toBe(raw);
        const path = String(forwarded.split("?", 1)[0]);
        const read = new URL(forwarded, "http://service").pathname;
        expect(read).toBe(path);
        expect(decodeURIComponent(path)).toBe(path);
        expect(path === "/products" || path.startsWith("/products/")).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });
});
