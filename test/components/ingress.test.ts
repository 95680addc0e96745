import { expect, test } from "vitest";
import { PublicIngress, type PublicIngressArgs } from "../../components/ingress/public-ingress.ts";
import { make } from "./support.ts";

const ingress = async (changes: Partial<PublicIngressArgs> = {}) => {
  const made = await make(() => {
    const routes = [
      { path: "/", service: "storefront" },
      { path: "/api", service: "gateway" },
    ];
    new PublicIngress("public", { namespace: "shop", routes, className: "traefik", ...changes });
  });
  return made.one("Ingress");
};

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

test("is never waited for, and limits bodies where the class knows how", async () => {
  expect((await ingress()).metadata.annotations).toEqual({ "pulumi.com/skipAwait": "true" });
  const { annotations } = (await ingress({ className: "nginx", bodyLimit: "64k" })).metadata;
  expect(annotations).toMatchObject({ "nginx.ingress.kubernetes.io/proxy-body-size": "64k" });
});
