import type { NetworkPolicyArgs } from "@pulumi/kubernetes/networking/v1/networkPolicy.js";
import { ADMIN_PORT, API_PORT } from "../../services/description.ts";
import { labels, selectorLabels } from "../labels.ts";
import { membership } from "../mesh/membership.ts";
import { allowDns, allowFrom, allowTo, internet, namespace, peersOf, pods } from "../network-policy/rules.ts";
import type { MicroserviceArgs } from "./args.ts";

/** In: its callers. Out: whom it calls, its stores, DNS. Nothing else; kubelet's probes are never held back. */
export function networkPolicyArgs(name: string, args: MicroserviceArgs): NetworkPolicyArgs {
  const callers = (args.callers ?? []).map(pods);
  const controller = args.ingressNamespace === undefined ? [] : [namespace(args.ingressNamespace)];
  const monitoring = args.monitoringNamespace === undefined ? [] : [namespace(args.monitoringNamespace)];
  const mesh = membership(name, args);
  const peerPorts = [API_PORT, ...mesh.peerPorts];
  return {
    metadata: { name, namespace: args.namespace, labels: labels(name, "service") },
    spec: {
      podSelector: { matchLabels: selectorLabels(name) },
      policyTypes: ["Ingress", "Egress"],
      ingress: [
        ...allowFrom([...callers, ...controller], peerPorts),
        ...allowFrom(monitoring, [ADMIN_PORT, ...mesh.metricsPorts]),
      ],
      egress: [
        allowDns,
        ...allowTo((args.calls ?? []).map(pods), peerPorts),
        ...(mesh.controlNamespace === undefined
          ? []
          : allowTo([namespace(mesh.controlNamespace)], mesh.controlPorts)),
        ...(args.internetPorts?.length ? allowTo([internet], args.internetPorts) : []),
        ...(args.stores ?? []).flatMap((store) => allowTo(peersOf(store), store.ports)),
      ],
    },
  };
}
