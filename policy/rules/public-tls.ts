import {
  asObject,
  asObjects,
  asText,
  asTexts,
  type KubernetesObject,
} from "../../deploy/manifests/manifest.ts";
import type { JsonObject } from "../../deploy/program/registration.ts";
import { PRODUCTION_LIKE, type Rule, type Violation, violation } from "../rule.ts";

/** Annotations by which clouds are told that a load balancer is for their own network only. */
const INTERNAL: Readonly<Record<string, RegExp>> = {
  "service.beta.kubernetes.io/aws-load-balancer-scheme": /^internal$/,
  "service.beta.kubernetes.io/aws-load-balancer-internal": /^true$/,
  "service.beta.kubernetes.io/azure-load-balancer-internal": /^true$/,
  "networking.gke.io/load-balancer-type": /^internal$/i,
  "alb.ingress.kubernetes.io/scheme": /^internal$/,
};
/** Annotations by which load balancers are told of their certificate, or to look for it by the host's name. */
const CERTIFICATE: Readonly<Record<string, RegExp>> = {
  "service.beta.kubernetes.io/aws-load-balancer-ssl-cert": /./,
  "alb.ingress.kubernetes.io/certificate-arn": /./,
  "alb.ingress.kubernetes.io/listen-ports": /"HTTPS"/,
};

/** Logins and orders pass here: what the public reaches speaks TLS. */
export const publicTls: Rule = {
  name: "public-tls",
  description:
    "What can be reached from outside has a certificate: each host of an Ingress, each load balancer.",
  enforcement: "mandatory",
  environments: PRODUCTION_LIKE,
  scope: "resource",
  check: ({ manifests }) =>
    manifests
      .filter((object) => !isAnnotated(object, INTERNAL) && !isAnnotated(object, CERTIFICATE))
      .flatMap((object) => {
        if (object.kind === "Ingress") return checkIngress(object);
        return object.kind === "Service" ? checkService(object) : [];
      }),
};

function checkService(service: KubernetesObject): Violation[] {
  if (asObject(service.spec).type !== "LoadBalancer") return [];
  const message =
    "the load balancer takes plain connections from everybody; put an Ingress with TLS before the service, or annotate it as internal or with its certificate";
  return [violation(service, "spec.type", message)];
}

function checkIngress(ingress: KubernetesObject): Violation[] {
  const { rules, tls, defaultBackend } = asObject(ingress.spec);
  const certified = asObjects(tls).flatMap(({ hosts }) => (hosts === undefined ? [""] : asTexts(hosts)));
  const uncovered = asObjects(rules).flatMap((rule, index) =>
    isCovered(rule, certified)
      ? []
      : [
          violation(
            ingress,
            `spec.rules[${index}]`,
            `${rule.host === undefined ? "every host" : `host ${asText(rule.host)}`} is served without TLS; name it and its certificate in spec.tls (tradestack:ingress.host and tlsSecret)`,
          ),
        ],
  );
  if (uncovered.length > 0 || defaultBackend === undefined || certified.length > 0) return uncovered;
  return [violation(ingress, "spec.defaultBackend", "everybody is served without TLS; add spec.tls")];
}

/** A certificate without hosts is the controller's own, for whatever host. */
function isCovered({ host }: JsonObject, certified: readonly string[]): boolean {
  if (host === null) return true;
  const name = asText(host);
  const wildcard = `*.${name.split(".").slice(1).join(".")}`;
  return certified.some(
    (candidate) => candidate === "" || (name !== "" && [name, wildcard].includes(candidate)),
  );
}

function isAnnotated(object: KubernetesObject, patterns: Readonly<Record<string, RegExp>>): boolean {
  const annotations = asObject(object.metadata.annotations);
  return Object.entries(patterns).some(([key, pattern]) => pattern.test(asText(annotations[key])));
}
