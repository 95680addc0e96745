import { expect, test } from "vitest";
import type { JsonObject } from "../../deploy/program/registration.ts";
import { judge, object, places } from "../test/objects.ts";
import { ingressHosts } from "./ingress-hosts.ts";

const ingress = (name: string, hosts: readonly (string | undefined)[], ingressClassName = "nginx") =>
  object("networking.k8s.io/v1", "Ingress", name, {
    spec: { ingressClassName, rules: hosts.map((host): JsonObject => (host === undefined ? {} : { host })) },
  });

test.each([
  [["shop.example.com"], ["api.example.com"]],
  [["*.example.com"], ["example.com", "a.b.example.com"]],
  [["shop.example.com"], ["*.shop.example.com"]],
])("%j and %j are apart", (first, second) => {
  expect(judge(ingressHosts, ingress("a", first), ingress("b", second))).toEqual([]);
});

test("so are two classes, which answer at different addresses", () => {
  expect(judge(ingressHosts, ingress("a", [undefined]), ingress("b", [undefined], "internal"))).toEqual([]);
});

test.each([
  ["shop.example.com", "shop.example.com"],
  ["shop.example.com", "Shop.Example.com"],
  ["*.example.com", "shop.example.com"],
  ["shop.example.com", "*.example.com"],
  [undefined, "shop.example.com"],
  [undefined, undefined],
])("%s and %s overlap", (first, second) => {
  expect(places(ingressHosts, ingress("a", [first]), ingress("b", [second]))).toEqual(["spec.rules[0].host"]);
  expect(places(ingressHosts, ingress("a", [first, second]))).toEqual(["spec.rules[1].host"]);
});

test("both are named", () => {
  const [found] = judge(ingressHosts, ingress("a", ["shop.example.com"]), ingress("b", ["shop.example.com"]));
  expect(found).toMatchObject({ resource: "Ingress.networking.k8s.io shop/b" });
  expect(found?.message).toContain("of Ingress.networking.k8s.io shop/a (spec.rules[0].host)");
});
