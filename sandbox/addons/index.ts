/** All that runs in the cluster before anybody deploys to it. */

import type { SystemImages } from "../build/system-images.ts";
import type { Layout } from "../node/layout.ts";
import { dns } from "./dns.ts";
import { ingress } from "./ingress.ts";
import { metrics } from "./metrics.ts";
import { networkPolicy } from "./network-policy.ts";
import { CONTROL_PLANE, type KubernetesObject } from "./objects.ts";
import { storage } from "./storage.ts";

/** Every object of the add-ons, in an order in which they can be applied: namespaces before what is in them. */
export function addons(layout: Layout, images: SystemImages): KubernetesObject[] {
  return [
    { apiVersion: "v1", kind: "Node", metadata: { name: layout.nodeName, labels: CONTROL_PLANE } },
    ...networkPolicy(),
    ...dns(images.kube),
    ...ingress(images.traefik),
    ...metrics(images.kube),
    ...storage(images.kube, layout.volumes),
  ];
}
