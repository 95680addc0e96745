import type { NamespaceArgs } from "@pulumi/kubernetes/core/v1/namespace.js";
import type { IngressArgs } from "@pulumi/kubernetes/networking/v1/ingress.js";
import { describe, expect, test } from "vitest";
import { checkIngress } from "../../components/ingress/check.ts";
import { PublicIngress, type PublicIngressArgs } from "../../components/ingress/public-ingress.ts";
import { EnvironmentNamespace } from "../../components/namespace/namespace.ts";
import { make } from "./support.ts";

const makeIngress = (changes: Partial<PublicIngressArgs> = {}) =>
  make(() => {
    const routes = [
      { path: "/", service: "storefront" },
      { path: "/api", service: "gateway" },
    ];
    new PublicIngress("public", { namespace: "shop", routes, className: "traefik", ...changes });
  });
const ingress = async (changes: Partial<PublicIngressArgs> = {}) =>
  (await makeIngress(changes)).one("Ingress");

test("leads each path to its service, whatever the host", async () => {
  const { spec } = await ingress();
  expect(spec.ingressClassName).toBe("traefik");
  expect(spec).not.toHaveProperty("tls");
  expect(spec.rules).toEqual([
    {
      http: {
        paths: [
          {
            path: "/",
            pathType: "Prefix",
            backend: { service: { name: "storefront", port: { name: "http" } } },
          },
          {
            path: "/api",
            pathType: "Prefix",
            backend: { service: { name: "gateway", port: { name: "http" } } },
          },
        ],
      },
    },
  ]);
});

test("answers for one host, with its certificate", async () => {
  const { spec } = await ingress({ host: "shop.example.com", tlsSecret: "shop-tls" });
  expect(spec.rules[0]?.host).toBe("shop.example.com");
  expect(spec.tls).toEqual([{ secretName: "shop-tls", hosts: ["shop.example.com"] }]);
});

test.each<[Partial<PublicIngressArgs>, RegExp]>([
  [{ routes: [] }, /^PublicIngress "public", routes: \[\] lead nowhere/],
  [{ routes: [{ path: "api", service: "gateway" }] }, /routes\[0\]\.path: "api" does not begin with a slash/],
  [
    {
      routes: [
        { path: "/", service: "storefront" },
        { path: "/", service: "gateway" },
      ],
    },
    /routes\[1\]\.path: "\/" is that of routes\[0\], too; which service is meant\?/,
  ],
  [{ tlsSecret: "shop-tls" }, /tlsSecret: "shop-tls" is a certificate for a host; name the host/],
])("%j is refused", (changes, message) => {
  const routes = [{ path: "/", service: "storefront" }];
  const args = { namespace: "shop", routes, className: "traefik", ...changes };
  expect(() => checkIngress("public", args)).toThrow(message);
});

test("a transform changes the Ingress", async () => {
  const made = await make(() => {
    const routes = [{ path: "/", service: "storefront" }];
    const transform = { ingress: (built: IngressArgs) => ({ ...built, spec: { ingressClassName: "own" } }) };
    new PublicIngress("public", { namespace: "shop", routes, className: "traefik" }, { transform });
  });
  expect(made.one("Ingress").spec).toEqual({ ingressClassName: "own" });
});

test("is never waited for, and limits bodies where the class knows how", async () => {
  expect((await ingress()).metadata.annotations).toEqual({ "pulumi.com/skipAwait": "true" });
  const { annotations } = (await ingress({ className: "nginx", bodyLimit: "64k" })).metadata;
  expect(annotations).toMatchObject({ "nginx.ingress.kubernetes.io/proxy-body-size": "64k" });
});

describe("a load balancer of AWS", () => {
  const certificateArn = "arn:aws:acm:eu-central-1:123456789012:certificate/1";
  const alb = { className: "alb", host: "shop.example.com", loadBalancerCidrs: ["10.0.192.0/22"] };

  test("speaks TLS, sends plain requests on to it, and asks each pod whether it is ready", async () => {
    const { annotations } = (await ingress({ ...alb, certificateArn })).metadata;
    expect(annotations).toMatchObject({
      "alb.ingress.kubernetes.io/target-type": "ip",
      "alb.ingress.kubernetes.io/healthcheck-port": "9090",
      "alb.ingress.kubernetes.io/healthcheck-path": "/readyz",
      "alb.ingress.kubernetes.io/listen-ports": '[{"HTTP":80},{"HTTPS":443}]',
      "alb.ingress.kubernetes.io/ssl-redirect": "443",
      "alb.ingress.kubernetes.io/certificate-arn": certificateArn,
    });
    const plain = (await ingress(alb)).metadata.annotations;
    expect(plain["alb.ingress.kubernetes.io/listen-ports"]).toBe('[{"HTTP":80}]');
    expect(plain).not.toHaveProperty("alb.ingress.kubernetes.io/ssl-redirect");
  });

  test("is let in by where it is, to the public services only", async () => {
    const { spec } = (await makeIngress(alb)).one("NetworkPolicy");
    expect(spec).toMatchObject({
      podSelector: { matchExpressions: [{ operator: "In", values: ["storefront", "gateway"] }] },
      policyTypes: ["Ingress"],
      ingress: [{ from: [{ ipBlock: { cidr: "10.0.192.0/22" } }], ports: [{ port: 8080 }, { port: 9090 }] }],
    });
    expect((await makeIngress()).all("NetworkPolicy")).toEqual([]);
  });
});

test("a DNS server on the nodes may be asked by every pod", async () => {
  const made = await make(() => {
    new EnvironmentNamespace("shop", { environment: "dev", dnsAddresses: ["172.20.0.10"] });
  });
  expect(made.one("NetworkPolicy", "dns-on-nodes").spec).toMatchObject({
    podSelector: {},
    policyTypes: ["Egress"],
    egress: [
      {
        to: [{ ipBlock: { cidr: "172.20.0.10/32" } }],
        ports: [
          { protocol: "UDP", port: 53 },
          { protocol: "TCP", port: 53 },
        ],
      },
    ],
  });
});

test("a transform changes the namespace and leaves its policy alone", async () => {
  const made = await make(() => {
    const transform = { namespace: (built: NamespaceArgs) => ({ ...built, metadata: { name: "own" } }) };
    new EnvironmentNamespace("shop", { environment: "dev" }, { transform });
  });
  expect(made.one("Namespace").metadata).toEqual({ name: "own" });
  expect(made.one("NetworkPolicy").spec.podSelector).toEqual({});
});
