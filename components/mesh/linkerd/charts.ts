import type * as pulumi from "@pulumi/pulumi";
import { mirrored } from "../../../versions.ts";
import { PROXY_RESOURCES } from "../mesh.ts";
import type { MeshCharts, MeshChartsArgs } from "../service-mesh.ts";
import { LinkerdCertificates } from "./certificates.ts";
import { linkerd } from "./linkerd.ts";

const CNI_NAMESPACE = "linkerd-cni";
/** Where Linkerd's images are. */
const REGISTRY = "cr.l5d.io/linkerd";

/**
 * Linkerd: definitions, network plugin, control plane. Every certificate is given to the charts: those that they would
 * make themselves would be others at each update, and restart the control plane.
 */
export function linkerdCharts(
  name: string,
  { controlReplicas, imageMirror }: MeshChartsArgs,
  opts: pulumi.ComponentResourceOptions,
): MeshCharts {
  const namespace = linkerd.controlNamespace;
  const certificates = new LinkerdCertificates(`${name}-certificates`, { namespace }, opts);
  const image = (part: string) => mirrored(`${REGISTRY}/${part}`, imageMirror);
  const several = controlReplicas > 1;
  return {
    // The network plugin writes to its node.
    namespaces: { [CNI_NAMESPACE]: "privileged", [namespace]: "restricted" },
    charts: [
      { chart: "linkerd-crds", namespace, values: { installGatewayAPI: false } },
      {
        chart: "linkerd2-cni",
        namespace: CNI_NAMESPACE,
        values: { image: { name: image("cni-plugin") }, priorityClassName: "system-node-critical" },
      },
      {
        chart: "linkerd-control-plane",
        namespace,
        values: {
          cniEnabled: true,
          controllerImage: image("controller"),
          controllerReplicas: controlReplicas,
          enablePodAntiAffinity: several,
          enablePodDisruptionBudget: several,
          // It tells the project how many clusters there are, and its schedule would be another at each update.
          disableHeartBeat: true,
          proxy: { nativeSidecar: true, image: { name: image("proxy") }, resources: PROXY_RESOURCES },
          identityTrustAnchorsPEM: certificates.trustAnchor,
          identity: { issuer: { tls: certificates.issuer } },
          proxyInjector: certificates.webhooks["linkerd-proxy-injector"],
          profileValidator: certificates.webhooks["linkerd-sp-validator"],
          policyValidator: certificates.webhooks["linkerd-policy-validator"],
        },
      },
    ],
  };
}
