/** Traefik: the way in. */

import { network } from "../node/layout.ts";
import { account, deployment, type KubernetesObject, labels, rule } from "./objects.ts";

const NAME = "traefik";
const NAMESPACE = "traefik";

/** The objects that make up the ingress controller, class `traefik`. */
export function ingress(image: string): KubernetesObject[] {
  return [
    {
      apiVersion: "v1",
      kind: "Namespace",
      metadata: {
        name: NAMESPACE,
        labels: { ...labels(NAME), "pod-security.kubernetes.io/enforce": "restricted" },
      },
    },
    {
      apiVersion: "networking.k8s.io/v1",
      kind: "IngressClass",
      metadata: {
        name: NAME,
        labels: labels(NAME),
        annotations: { "ingressclass.kubernetes.io/is-default-class": "true" },
      },
      spec: { controller: "traefik.io/ingress-controller" },
    },
    ...account(NAME, NAMESPACE, [
      rule([""], ["services", "secrets", "nodes", "namespaces", "configmaps"], ["get", "list", "watch"]),
      rule(["discovery.k8s.io"], ["endpointslices"], ["list", "watch"]),
      rule(["networking.k8s.io"], ["ingresses", "ingressclasses"], ["get", "list", "watch"]),
      rule(["networking.k8s.io"], ["ingresses/status"], ["update"]),
    ]),
    deployment({
      name: NAME,
      namespace: NAMESPACE,
      container: {
        image,
        args: [
          "--entrypoints.web.address=:8000",
          "--entrypoints.websecure.address=:8443",
          "--entrypoints.websecure.http.tls=true",
          "--entrypoints.traefik.address=:9000",
          "--ping=true",
          "--metrics.prometheus=true",
          "--providers.kubernetesingress=true",
          "--providers.kubernetesingress.ingressclass=traefik",
          "--providers.kubernetesingress.throttleduration=500ms",
          // A service whose pods are all away is 503, not 404: it is there, and comes back.
          "--providers.kubernetesingress.allowemptyservices=true",
          // Shorter than pods keep a connection that nobody uses (75 s): otherwise a request may meet a closed door, and
          // what must not be sent twice is answered 502.
          "--serverstransport.forwardingtimeouts.idleconntimeout=60s",
          "--global.checknewversion=false",
          "--global.sendanonymoususage=false",
        ],
        ports: [
          { name: "web", containerPort: 8000 },
          { name: "websecure", containerPort: 8443 },
          { name: "admin", containerPort: 9000 },
        ],
        resources: { requests: { cpu: "50m", memory: "96Mi" }, limits: { memory: "384Mi" } },
        livenessProbe: { httpGet: { path: "/ping", port: "admin" }, periodSeconds: 10 },
        readinessProbe: { httpGet: { path: "/ping", port: "admin" }, periodSeconds: 1 },
      },
    }),
    {
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: NAME, namespace: NAMESPACE, labels: labels(NAME) },
      spec: {
        type: "NodePort",
        selector: { "app.kubernetes.io/name": NAME },
        externalTrafficPolicy: "Local",
        ports: [
          { name: "web", port: 80, targetPort: "web", nodePort: network.httpNodePort },
          { name: "websecure", port: 443, targetPort: "websecure", nodePort: network.httpsNodePort },
        ],
      },
    },
  ];
}
