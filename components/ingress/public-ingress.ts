import type { IngressArgs } from "@pulumi/kubernetes/networking/v1/ingress.js";
import * as pulumi from "@pulumi/pulumi";
import { ADMIN_PORT, API_PORT } from "../../services/description.ts";
import { Ingress, NetworkPolicy } from "../kubernetes.ts";
import { labels, NOT_AWAITED } from "../labels.ts";
import { allowFrom } from "../network-policy/rules.ts";
import { type Transform, transformed } from "../transform.ts";
import { controllerAnnotations } from "./annotations.ts";
import { checkIngress } from "./check.ts";

/** A service that the public reaches. */
export interface PublicRoute {
  /**
   * What is under this path goes to the service; where several fit, the longest one counts.
   *
   * @example "/api"
   */
  path: string;
  /**
   * Name of the service.
   *
   * @example "gateway"
   */
  service: pulumi.Input<string>;
}

/** What a {@link PublicIngress} is made from. Its name is also that of the Ingress. */
export interface PublicIngressArgs {
  /**
   * Namespace of the services.
   *
   * @example "shop"
   */
  namespace: pulumi.Input<string>;
  /**
   * Which service gets what.
   *
   * @example [{ path: "/", service: "storefront" }, { path: "/api", service: "gateway" }]
   */
  routes: PublicRoute[];
  /**
   * Which ingress controller answers.
   *
   * @example "traefik"
   */
  className: string;
  /**
   * Host name that requests must be for.
   *
   * @default every host
   * @example "shop.example.com"
   */
  host?: string;
  /**
   * Name of a TLS Secret in the namespace. Needs `host`.
   *
   * @default plain HTTP
   * @example "shop-tls"
   */
  tlsSecret?: string;
  /**
   * ARN of a certificate that AWS keeps (ACM), for the class of Application Load Balancers in the place of a Secret.
   *
   * @default none
   * @example "arn:aws:acm:eu-central-1:123456789012:certificate/2f3a9b1c-0000-4000-8000-000000000000"
   */
  certificateArn?: string;
  /**
   * Ranges in which load balancers outside of the cluster are, which then are let in to the services. A controller in
   * the cluster has a namespace instead, which the services name.
   *
   * @default []
   * @example ["10.0.192.0/22"]
   */
  loadBalancerCidrs?: string[];
  /**
   * Most bytes of a request body, as far as the class has a setting for it on the Ingress (nginx); the gateway
   * refuses larger ones in any case.
   *
   * @default "1m"
   */
  bodyLimit?: string;
}

/** Options of a {@link PublicIngress} in TypeScript programs. */
export interface PublicIngressOptions extends pulumi.ComponentResourceOptions {
  /**
   * Changes the Ingress where the arguments do not reach.
   *
   * @default {} (it is made as the arguments say)
   * @example { ingress: (built) => ({ ...built, metadata: { ...built.metadata, annotations: { team: "web" } } }) }
   */
  transform?: { ingress?: Transform<IngressArgs> };
}

/**
 * The way in from outside.
 *
 * @example
 * new PublicIngress("public", {
 *   namespace: "shop",
 *   routes: [{ path: "/", service: "storefront" }],
 *   className: "nginx",
 *   host: "shop.example.com",
 * });
 */
export class PublicIngress extends pulumi.ComponentResource {
  constructor(name: string, args: PublicIngressArgs, options: PublicIngressOptions = {}) {
    const { transform = {}, ...opts } = options;
    super("tradestack:index:PublicIngress", name, args, opts);
    checkIngress(name, args);
    this.#letIn(name, args);
    new Ingress(`${name}-ingress`, transformed(ingressArgs(name, args), transform.ingress), { parent: this });
    this.registerOutputs();
  }

  /** Load balancers in front of the cluster are no pods: they are known by where they are. */
  #letIn(name: string, { namespace, routes, loadBalancerCidrs = [] }: PublicIngressArgs): void {
    if (loadBalancerCidrs.length === 0) return;
    const peers = loadBalancerCidrs.map((cidr) => ({ ipBlock: { cidr } }));
    new NetworkPolicy(
      `${name}-entry`,
      {
        metadata: { name: `${name}-entry`, namespace, labels: labels(name, "ingress") },
        spec: {
          podSelector: {
            matchExpressions: [
              {
                key: "app.kubernetes.io/name",
                operator: "In",
                values: routes.map(({ service }) => service),
              },
            ],
          },
          policyTypes: ["Ingress"],
          // Requests, and the question whether a pod is ready.
          ingress: allowFrom(peers, [API_PORT, ADMIN_PORT]),
        },
      },
      { parent: this },
    );
  }
}

function ingressArgs(name: string, args: PublicIngressArgs): IngressArgs {
  return {
    metadata: {
      name,
      namespace: args.namespace,
      labels: labels(name, "ingress"),
      annotations: {
        // Many controllers never tell an address, which Pulumi would wait ten minutes for.
        ...NOT_AWAITED,
        ...controllerAnnotations({
          className: args.className,
          bodyLimit: args.bodyLimit ?? "1m",
          certificateArn: args.certificateArn,
        }),
      },
    },
    spec: {
      ingressClassName: args.className,
      ...(args.tlsSecret === undefined
        ? {}
        : {
            tls: [{ secretName: args.tlsSecret, ...(args.host === undefined ? {} : { hosts: [args.host] }) }],
          }),
      rules: [
        {
          ...(args.host === undefined ? {} : { host: args.host }),
          http: {
            paths: args.routes.map(({ path, service }) => ({
              path,
              pathType: "Prefix",
              backend: { service: { name: service, port: { name: "http" } } },
            })),
          },
        },
      ],
    },
  };
}
