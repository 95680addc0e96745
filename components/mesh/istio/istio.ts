import * as pulumi from "@pulumi/pulumi";
import { ADMIN_PORT, API_PORT } from "../../../services/description.ts";
import { labels, selectorLabels } from "../../labels.ts";
import {
  FAILURES_IN_A_ROW,
  type Mesh,
  type MeshedService,
  type MeshObject,
  PROXY_RESOURCES,
} from "../mesh.ts";
import type {
  AuthorizationPolicySpec,
  DestinationRuleSpec,
  MtlsMode,
  PeerAuthenticationSpec,
  VirtualServiceSpec,
} from "./resources.ts";

/** What every identity begins with where nobody chose another trust domain. */
const TRUST_DOMAIN = "cluster.local";
/** The proxy's own metrics, together with what it knows of its agent. */
const PROXY_METRICS_PORT = 15020;
/** Configuration and certificates, both by TLS. */
const CONTROL_PORT = 15012;

/** Istio with a proxy beside each pod. Proxies speak to each other on the port that is meant. */
export const istio: Mesh = {
  controlNamespace: "istio-system",
  podLabels: { "sidecar.istio.io/inject": "true" },
  podAnnotations: ({ storePorts }) => ({
    // Started before the migration, which needs the network, and ended after the service.
    "sidecar.istio.io/nativeSidecar": "true",
    "sidecar.istio.io/proxyCPU": PROXY_RESOURCES.cpu.request,
    "sidecar.istio.io/proxyCPULimit": PROXY_RESOURCES.cpu.limit,
    "sidecar.istio.io/proxyMemory": PROXY_RESOURCES.memory.request,
    "sidecar.istio.io/proxyMemoryLimit": PROXY_RESOURCES.memory.limit,
    ...(storePorts.length === 0
      ? {}
      : { "traffic.sidecar.istio.io/excludeOutboundPorts": storePorts.join(",") }),
  }),
  serviceAnnotations: {},
  peerPorts: [],
  metricsPorts: [PROXY_METRICS_PORT],
  controlPorts: [CONTROL_PORT],
  objects: (service) => [
    peerAuthentication(service),
    ...(service.mesh.strict ? [authorizationPolicy(service)] : []),
    destinationRule(service),
    virtualService(service),
  ],
};

const isPlain = ({ ingressNamespace, mesh }: MeshedService): boolean =>
  ingressNamespace !== undefined && mesh.ingressAccount === undefined;

/** Only what somebody outside of the mesh has to reach takes plain connections. */
function peerAuthentication(service: MeshedService): MeshObject {
  const open = [...(isPlain(service) ? [API_PORT] : []), ...(service.monitored ? [ADMIN_PORT] : [])];
  const permissive = { mode: "PERMISSIVE" as MtlsMode };
  const spec: PeerAuthenticationSpec = {
    selector: { matchLabels: selectorLabels(service.name) },
    mtls: service.mesh.strict ? { mode: "STRICT" } : permissive,
    ...(service.mesh.strict && open.length > 0
      ? { portLevelMtls: Object.fromEntries(open.map((port) => [String(port), permissive])) }
      : {}),
  };
  return object(service, "security.istio.io/v1", "PeerAuthentication", spec);
}

/** Callers by their ServiceAccount; of those outside of the mesh the NetworkPolicy says whence they may come. */
function authorizationPolicy(service: MeshedService): MeshObject {
  const { namespace, callers, ingressNamespace, mesh, monitored } = service;
  const principals = [
    ...callers.map((caller) => principal(namespace, caller)),
    ...(ingressNamespace === undefined || mesh.ingressAccount === undefined
      ? []
      : [principal(ingressNamespace, mesh.ingressAccount)]),
  ];
  const to = (port: number) => [{ operation: { ports: [String(port)] } }];
  const spec: AuthorizationPolicySpec = {
    selector: { matchLabels: selectorLabels(service.name) },
    action: "ALLOW",
    rules: [
      ...(principals.length === 0 ? [] : [{ from: [{ source: { principals } }], to: to(API_PORT) }]),
      ...(isPlain(service) ? [{ to: to(API_PORT) }] : []),
      ...(monitored ? [{ to: to(ADMIN_PORT) }] : []),
    ],
  };
  return object(service, "security.istio.io/v1", "AuthorizationPolicy", spec);
}

const principal = (namespace: pulumi.Input<string>, account: string): pulumi.Input<string> =>
  pulumi.interpolate`${TRUST_DOMAIN}/ns/${namespace}/sa/${account}`;

/** A replica that keeps failing is left alone for a while, but never more than half of them. */
function destinationRule(service: MeshedService): MeshObject {
  const spec: DestinationRuleSpec = {
    host: service.name,
    trafficPolicy: {
      connectionPool: { tcp: { connectTimeout: "2s" } },
      outlierDetection: {
        consecutiveGatewayErrors: FAILURES_IN_A_ROW,
        // A 500 is the service's answer, for its own circuit breakers to judge.
        consecutive5xxErrors: 0,
        interval: "5s",
        baseEjectionTime: "15s",
        maxEjectionPercent: 50,
      },
    },
  };
  return object(service, "networking.istio.io/v1", "DestinationRule", spec);
}

function virtualService(service: MeshedService): MeshObject {
  const { name, mesh } = service;
  const route = [{ destination: { host: name, port: { number: 80 } } }];
  const timeout = `${mesh.timeoutSeconds}s`;
  const spec: VirtualServiceSpec = {
    hosts: [name],
    http: [
      {
        match: [{ method: { exact: "GET" } }, { method: { exact: "HEAD" } }],
        route,
        timeout,
        retries: { attempts: mesh.readRetries, retryOn: "connect-failure,refused-stream,gateway-error" },
      },
      // Istio would repeat what it holds for harmless; which writes can be repeated, only their sender knows.
      { route, timeout, retries: { attempts: 0 } },
    ],
  };
  return object(service, "networking.istio.io/v1", "VirtualService", spec);
}

function object(
  { name, namespace }: MeshedService,
  apiVersion: string,
  kind: string,
  spec: object,
): MeshObject {
  return { apiVersion, kind, metadata: { name, namespace, labels: labels(name, "service") }, spec };
}
