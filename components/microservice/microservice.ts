import * as pulumi from "@pulumi/pulumi";
import {
  CustomResource,
  Deployment,
  HorizontalPodAutoscaler,
  NetworkPolicy,
  PodDisruptionBudget,
  Service,
  ServiceAccount,
} from "../kubernetes.ts";
import { labels, NOT_AWAITED, selectorLabels } from "../labels.ts";
import { membership } from "../mesh/membership.ts";
import { transformed } from "../transform.ts";
import type { MicroserviceArgs, MicroserviceOptions } from "./args.ts";
import { autoscalerArgs, disruptionBudgetArgs, isAutoscaled } from "./autoscaling.ts";
import { checkMicroservice } from "./check.ts";
import { deploymentArgs } from "./deployment.ts";
import { networkPolicyArgs } from "./network-policy.ts";
import { scaledObjectArgs } from "./scaled-object.ts";

/**
 * A stateless service: Deployment, Service, autoscaler, disruption budget, ServiceAccount and NetworkPolicy, as
 * secure and as available as they can be without being asked.
 *
 * @example
 * new Microservice("order", {
 *   namespace: "shop",
 *   image: "registry.example.com/shop/order:3f9a1c",
 *   scale: { min: 2, max: 12, cpuPercent: 70 },
 *   resources: { cpu: { request: "50m", limit: "1" }, memory: { request: "96Mi", limit: "256Mi" } },
 *   calls: ["catalog", "payment"],
 *   callers: ["gateway"],
 * });
 */
export class Microservice extends pulumi.ComponentResource {
  /** Where callers in the same namespace reach it, such as `http://order`. */
  readonly url: pulumi.Output<string>;

  constructor(name: string, args: MicroserviceArgs, options: MicroserviceOptions = {}) {
    const { transform = {}, ...opts } = options;
    super("tradestack:index:Microservice", name, args, opts);
    checkMicroservice(name, args);
    const child = { parent: this };
    const { namespace, scale } = args;
    const metadata = { name, namespace, labels: labels(name, "service") };
    const mesh = membership(name, args);

    const account = new ServiceAccount(
      `${name}-account`,
      transformed({ metadata, automountServiceAccountToken: false }, transform.serviceAccount),
      child,
    );
    new NetworkPolicy(
      `${name}-policy`,
      transformed(networkPolicyArgs(name, args), transform.networkPolicy),
      child,
    );
    for (const object of mesh.objects) {
      const title = `${object.metadata.name}-${object.kind.toLowerCase()}`;
      new CustomResource(title, { ...transformed(object, transform.meshObject) }, child);
    }
    const deployment = new Deployment(
      `${name}-deployment`,
      transformed(deploymentArgs(name, args), transform.deployment),
      { ...child, dependsOn: [account], customTimeouts: { create: "10m", update: "10m" } },
    );
    const service = new Service(
      `${name}-service`,
      transformed(
        {
          metadata: { ...metadata, annotations: { ...NOT_AWAITED, ...mesh.serviceAnnotations } },
          spec: {
            selector: selectorLabels(name),
            ports: [{ name: "http", port: 80, targetPort: "http" }],
          },
        },
        transform.service,
      ),
      child,
    );
    if (isAutoscaled(scale) && args.keda !== undefined) {
      const built = scaledObjectArgs(name, namespace, scale, args.keda, deployment.metadata.name);
      new CustomResource(`${name}-scaled-object`, { ...transformed(built, transform.scaledObject) }, child);
    } else if (isAutoscaled(scale)) {
      const built = autoscalerArgs(name, namespace, scale, deployment.metadata.name);
      new HorizontalPodAutoscaler(`${name}-autoscaler`, transformed(built, transform.autoscaler), child);
    }
    const budget = disruptionBudgetArgs(name, namespace, scale);
    if (budget !== undefined) {
      new PodDisruptionBudget(`${name}-budget`, transformed(budget, transform.disruptionBudget), child);
    }
    this.url = pulumi.interpolate`http://${service.metadata.name}`;
    this.registerOutputs({ url: this.url });
  }
}
