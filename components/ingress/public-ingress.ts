import * as pulumi from "@pulumi/pulumi";
import { Ingress } from "../kubernetes.ts";
import { labels, NOT_AWAITED } from "../labels.ts";

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
  /** Namespace of the services. */
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
   */
  host?: string;
  /**
   * Name of a TLS Secret in the namespace. Needs `host`.
   *
   * @default plain HTTP
   */
  tlsSecret?: string;
  /**
   * Most bytes of a request body, as far as the class has a setting for it on the Ingress (nginx); the gateway
   * refuses larger ones in any case.
   *
   * @default "1m"
   */
  bodyLimit?: string;
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
  constructor(name: string, args: PublicIngressArgs, opts?: pulumi.ComponentResourceOptions) {
    super("tradestack:index:PublicIngress", name, args, opts);
    const nginx = args.className.includes("nginx");
    new Ingress(
      `${name}-ingress`,
      {
        metadata: {
          name,
          namespace: args.namespace,
          labels: labels(name, "ingress"),
          annotations: {
            // Many controllers never tell an address, which Pulumi would wait ten minutes for.
            ...NOT_AWAITED,
            ...(nginx ? { "nginx.ingress.kubernetes.io/proxy-body-size": args.bodyLimit ?? "1m" } : {}),
          },
        },
        spec: {
          ingressClassName: args.className,
          ...(args.tlsSecret === undefined
            ? {}
            : {
                tls: [
                  { secretName: args.tlsSecret, ...(args.host === undefined ? {} : { hosts: [args.host] }) },
                ],
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
      },
      { parent: this },
    );
    this.registerOutputs();
  }
}
