import { expect, test } from "vitest";
import { encodingFor } from "./encoding.ts";

const all = { br: 1, gzip: 1, identity: 1 };

test.each([
  [undefined, "identity"],
  ["", "identity"],
  ["gzip, deflate, br, zstd", "br"],
  ["gzip", "gzip"],
  ["GZIP;q=0.5", "gzip"],
  ["br;q=0, gzip", "gzip"],
  ["br;q=0, gzip;q=0.000", "identity"],
  ["*", "br"],
  ["*;q=0", "identity"],
  ["br;q=oops", "identity"],
])("who accepts %j gets %s", (accepted, encoding) => {
  expect(encodingFor(accepted, all)).toBe(encoding);
});

test("nobody gets what there is not", () => {
  expect(encodingFor("br, gzip", { identity: 1 })).toBe("identity");
});
