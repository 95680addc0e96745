import { expect, test } from "vitest";
import { staleReferences } from "./containerd.ts";

const images = [
  { reference: "sandbox.tradestack.local/order:new", digest: "sha256:1" },
  { reference: "sandbox.tradestack.local/order:old", digest: "sha256:2" },
  { reference: "sandbox.tradestack.local/order:older", digest: "sha256:1" },
  { reference: "sha256:configuration-of-new", digest: "sha256:1" },
  { reference: "sha256:configuration-of-old", digest: "sha256:2" },
];

test("an image goes with the second reference that would hold its content", () => {
  expect(staleReferences(images, (reference) => reference.endsWith(":new"))).toEqual([
    "sandbox.tradestack.local/order:old",
    "sandbox.tradestack.local/order:older",
    "sha256:configuration-of-old",
  ]);
});

test("nothing goes while everything is kept", () => {
  expect(staleReferences(images, () => true)).toEqual([]);
});
