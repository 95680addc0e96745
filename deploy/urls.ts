import { asObject, asObjects, asText, type KubernetesObject } from "./manifests/manifest.ts";

/**
 * Where people reach the platform.
 *
 * @param ingresses The live or wanted Ingress objects.
 * @param address `address:port` of the ingress controller, where it is known otherwise than by the host's name.
 * @returns URLs without doubles: `http://127.0.0.1:18080`, `https://shop.example.com`.
 */
export function urlsOf(ingresses: readonly KubernetesObject[], address: string | undefined): string[] {
  const urls = ingresses.flatMap((ingress) => {
    const spec = asObject(ingress.spec);
    const secured = asObjects(spec.tls).flatMap(({ hosts }) => (Array.isArray(hosts) ? hosts : []));
    return asObjects(spec.rules).map((rule) => {
      const host = asText(rule.host);
      if (host === "")
        return `http://${address ?? balancerOf(ingress) ?? "(the ingress controller's address)"}`;
      return `${secured.includes(host) ? "https" : "http"}://${host}`;
    });
  });
  return [...new Set(urls)];
}

function balancerOf(ingress: KubernetesObject): string | undefined {
  const [first] = asObjects(asObject(asObject(ingress.status).loadBalancer).ingress);
  return asText(first?.hostname) || asText(first?.ip) || undefined;
}
