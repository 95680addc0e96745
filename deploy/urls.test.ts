import { expect, test } from "vitest";
import type { JsonObject } from "./program/registration.ts";
import { urlsOf } from "./urls.ts";

const ingress = (spec: JsonObject, status: JsonObject = {}) => ({
  apiVersion: "networking.k8s.io/v1",
  kind: "Ingress",
  metadata: { name: "public" },
  spec,
  status,
});

test.each([
  [ingress({ rules: [{}] }), "127.0.0.1:18080", ["http://127.0.0.1:18080"]],
  [ingress({ rules: [{ host: "shop.example.com" }] }), "127.0.0.1:18080", ["http://shop.example.com"]],
  [
    ingress({ rules: [{ host: "a.example" }, { host: "b.example" }], tls: [{ hosts: ["b.example"] }] }),
    undefined,
    ["http://a.example", "https://b.example"],
  ],
  [
    ingress({ rules: [{}, {}] }, { loadBalancer: { ingress: [{ ip: "192.0.2.1" }] } }),
    undefined,
    ["http://192.0.2.1"],
  ],
])("an Ingress is reached where its host and controller say (%#)", (object, address, urls) => {
  expect(urlsOf([object], address)).toEqual(urls);
});
