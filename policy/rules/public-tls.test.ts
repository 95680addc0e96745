import { expect, test } from "vitest";
import type { JsonObject } from "../../deploy/program/registration.ts";
import { judge, object, places } from "../test/objects.ts";
import { publicTls } from "./public-tls.ts";

const service = (type: string, annotations: JsonObject = {}) =>
  object("v1", "Service", "web", { spec: { type } }, { annotations });
const ingress = (spec: JsonObject, annotations: JsonObject = {}) =>
  object("networking.k8s.io/v1", "Ingress", "public", { spec }, { annotations });
const rules = [{ host: "shop.example.com" }, { host: "api.example.com" }];

test.each([
  [service("ClusterIP")],
  [service("LoadBalancer", { "service.beta.kubernetes.io/aws-load-balancer-scheme": "internal" })],
  [service("LoadBalancer", { "service.beta.kubernetes.io/aws-load-balancer-ssl-cert": "arn:aws:acm:…" })],
  [ingress({ rules, tls: [{ hosts: ["shop.example.com", "api.example.com"], secretName: "tls" }] })],
  [ingress({ rules, tls: [{ hosts: ["*.example.com"], secretName: "tls" }] })],
  [ingress({ rules, tls: [{ secretName: "tls" }] })],
  [ingress({ rules }, { "alb.ingress.kubernetes.io/listen-ports": '[{"HTTPS": 443}]' })],
  [ingress({ rules: [{}] }, { "alb.ingress.kubernetes.io/scheme": "internal" })],
])("nobody outside gets there without TLS (%#)", (fine) => {
  expect(judge(publicTls, fine)).toEqual([]);
});

test.each([
  [service("LoadBalancer"), "spec.type"],
  [service("LoadBalancer", { "alb.ingress.kubernetes.io/scheme": "internet-facing" }), "spec.type"],
  [ingress({ rules, tls: [{ hosts: ["shop.example.com"], secretName: "tls" }] }), "spec.rules[1]"],
  [ingress({ rules: [{ host: "a.b.example.com" }], tls: [{ hosts: ["*.example.com"] }] }), "spec.rules[0]"],
  [ingress({ rules: [{}], tls: [{ hosts: ["shop.example.com"] }] }), "spec.rules[0]"],
  [ingress({ defaultBackend: { service: { name: "web" } } }), "spec.defaultBackend"],
])("plain connections from outside are refused (%#)", (open, path) => {
  expect(places(publicTls, open)).toEqual([path]);
});

test("names the host and the settings that help", () => {
  const [found] = judge(publicTls, ingress({ rules: [{ host: "shop.example.com" }] }));
  expect(found?.message).toMatch(/^host shop\.example\.com .*tradestack:ingress\.host and tlsSecret/);
});
