/** Who reaches the pods that watch, and what they reach. */

import type { ComponentResource, Input } from "@pulumi/pulumi";
import {
  NetworkPolicy,
  type NetworkPolicyEgressRule,
  type NetworkPolicyIngressRule,
  Service,
} from "../kubernetes.ts";
import { NOT_AWAITED, selectorLabels } from "../labels.ts";
import { METRICS } from "./pod.ts";

/** Name, namespace and labels of every object of a part. */
export interface PartMetadata {
  readonly name: string;
  readonly namespace: Input<string>;
  readonly labels: Record<string, string>;
}

/** Connections that a part's pods may take and make. Default of both: none. */
export interface Reach {
  readonly ingress?: NetworkPolicyIngressRule[];
  readonly egress?: NetworkPolicyEgressRule[];
}

/** Has a part's pods reached by, and reach, what is named and nothing else. */
export function makePolicy(
  parent: ComponentResource,
  metadata: PartMetadata,
  { ingress = [], egress = [] }: Reach,
): void {
  new NetworkPolicy(
    `${metadata.name}-policy`,
    {
      metadata,
      spec: {
        podSelector: { matchLabels: selectorLabels(metadata.name) },
        policyTypes: ["Ingress", "Egress"],
        ingress,
        egress,
      },
    },
    { parent },
  );
}

/**
 * Makes a part found by its name.
 *
 * @param portName What the pods call their port. Default: `metrics`.
 */
export function makeService(
  parent: ComponentResource,
  metadata: PartMetadata,
  port: number,
  portName = METRICS,
): Service {
  return new Service(
    `${metadata.name}-service`,
    {
      metadata: { ...metadata, annotations: NOT_AWAITED },
      spec: {
        selector: selectorLabels(metadata.name),
        ports: [{ name: portName, port, targetPort: portName }],
      },
    },
    { parent },
  );
}
