import { mirrored } from "../../../versions.ts";
import { PROXY_RESOURCES } from "../mesh.ts";
import type { MeshCharts, MeshChartsArgs } from "../service-mesh.ts";
import { istio } from "./istio.ts";

const CNI_NAMESPACE = "istio-cni";
/** Where Istio's images are. */
const HUB = "docker.io/istio";

/** Istio: definitions, network plugin, control plane. Certificates are its own affair. */
export function istioCharts(_name: string, { controlReplicas, imageMirror }: MeshChartsArgs): MeshCharts {
  const namespace = istio.controlNamespace;
  const global = { hub: mirrored(HUB, imageMirror) };
  return {
    // The network plugin writes to its node.
    namespaces: { [CNI_NAMESPACE]: "privileged", [namespace]: "restricted" },
    charts: [
      { chart: "base", namespace, values: { global } },
      { chart: "cni", namespace: CNI_NAMESPACE, values: { global } },
      {
        chart: "istiod",
        namespace,
        values: {
          global: { ...global, proxy: { resources: proxyResources() } },
          cni: { enabled: true },
          env: { ENABLE_NATIVE_SIDECARS: "true" },
          autoscaleEnabled: false,
          replicaCount: controlReplicas,
          // One is taken away before its successor comes, which may have no other node.
          ...(controlReplicas > 1 ? { affinity: apart, rollingMaxUnavailable: 1 } : {}),
          seccompProfile: { type: "RuntimeDefault" },
        },
      },
    ],
  };
}

/** No two replicas of the control plane on one node. */
const apart = {
  podAntiAffinity: {
    requiredDuringSchedulingIgnoredDuringExecution: [
      { topologyKey: "kubernetes.io/hostname", labelSelector: { matchLabels: { app: "istiod" } } },
    ],
  },
};

function proxyResources() {
  const { cpu, memory } = PROXY_RESOURCES;
  return {
    requests: { cpu: cpu.request, memory: memory.request },
    limits: { cpu: cpu.limit, memory: memory.limit },
  };
}
