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
  HttpRouteSpec,
  MeshTlsAuthenticationSpec,
  NetworkAuthenticationSpec,
  PolicyRef,
  ServerSpec,
} from "./resources.ts";

const POLICY = "policy.linkerd.io";
/** Proxies reach each other here, whatever port is meant; the one that is meant stands in the connection's first bytes. */
const INBOUND_PORT = 4143;
const PROXY_METRICS_PORT = 4191;
/** Of the pods of the control plane: identity, destinations, policies. */
const CONTROL_PORTS = [8080, 8086, 8090];

/** Linkerd, in which each proxy lets nobody in but the callers that a policy names. */
export const linkerd: Mesh = {
  controlNamespace: "linkerd",
  podLabels: {},
  podAnnotations: ({ mesh, storePorts }) => ({
    "linkerd.io/inject": "enabled",
    // Ports that no Server speaks of are closed, too.
    "config.linkerd.io/default-inbound-policy": mesh.strict ? "deny" : "all-unauthenticated",
    // Started before the migration, which needs the network, and ended after the service.
    "config.beta.linkerd.io/proxy-enable-native-sidecar": "true",
    "config.linkerd.io/proxy-cpu-request": PROXY_RESOURCES.cpu.request,
    "config.linkerd.io/proxy-cpu-limit": PROXY_RESOURCES.cpu.limit,
    "config.linkerd.io/proxy-memory-request": PROXY_RESOURCES.memory.request,
    "config.linkerd.io/proxy-memory-limit": PROXY_RESOURCES.memory.limit,
    ...(storePorts.length === 0 ? {} : { "config.linkerd.io/skip-outbound-ports": storePorts.join(",") }),
  }),
  serviceAnnotations: {
    "balancer.linkerd.io/failure-accrual": "consecutive",
    "balancer.linkerd.io/failure-accrual-consecutive-max-failures": String(FAILURES_IN_A_ROW),
  },
  peerPorts: [INBOUND_PORT],
  metricsPorts: [PROXY_METRICS_PORT],
  controlPorts: CONTROL_PORTS,
  objects: (service) => [...servers(service), ...authorizations(service), ...routes(service)],
};

function servers(service: MeshedService): MeshObject[] {
  return ["http", "admin"].map((port) => {
    const spec: ServerSpec = {
      podSelector: { matchLabels: selectorLabels(service.name) },
      port,
      proxyProtocol: "HTTP/1",
      accessPolicy: service.mesh.strict ? "deny" : "all-unauthenticated",
    };
    return object(service, `${POLICY}/v1beta3`, "Server", port, spec);
  });
}

/** Who gets in where all others are turned away. Kubelet's probes always do: the proxy knows them from the pod. */
function authorizations(service: MeshedService): MeshObject[] {
  const { mesh, callers, ingressNamespace, monitored } = service;
  if (!mesh.strict) return [];
  const controllers =
    mesh.ingressAccount === undefined || ingressNamespace === undefined
      ? []
      : [account(mesh.ingressAccount, ingressNamespace)];
  const identityRefs = [...callers.map((name) => account(name)), ...controllers];
  const plainIngress = ingressNamespace !== undefined && controllers.length === 0;
  return [
    ...(identityRefs.length === 0
      ? []
      : [
          authentication(service, "callers", { identityRefs }),
          admission(service, "http", "callers", "MeshTLSAuthentication"),
        ]),
    ...(plainIngress || monitored ? [authentication(service, "network", { networks: EVERYWHERE })] : []),
    ...(plainIngress ? [admission(service, "http", "network", "NetworkAuthentication")] : []),
    ...(monitored ? [admission(service, "admin", "network", "NetworkAuthentication")] : []),
  ];
}

/** A ServiceAccount, of the service's own namespace unless another is named. */
const account = (name: string, namespace?: string): MeshTlsAuthenticationSpec["identityRefs"][number] => ({
  kind: "ServiceAccount",
  name,
  ...(namespace === undefined ? {} : { namespace }),
});

/** Whence somebody who is not in the mesh may come is what the NetworkPolicy says. */
const EVERYWHERE = [{ cidr: "0.0.0.0/0" }, { cidr: "::/0" }];

function authentication(
  service: MeshedService,
  part: string,
  spec: MeshTlsAuthenticationSpec | NetworkAuthenticationSpec,
): MeshObject {
  const kind = "identityRefs" in spec ? "MeshTLSAuthentication" : "NetworkAuthentication";
  return object(service, `${POLICY}/v1alpha1`, kind, part, spec);
}

function admission(
  service: MeshedService,
  server: string,
  authentication: string,
  kind: PolicyRef["kind"],
): MeshObject {
  const ref = (of: PolicyRef["kind"], part: string): PolicyRef => ({
    group: POLICY,
    kind: of,
    name: `${service.name}-${part}`,
  });
  const spec: AuthorizationPolicySpec = {
    targetRef: ref("Server", server),
    requiredAuthenticationRefs: [ref(kind, authentication)],
  };
  return object(service, `${POLICY}/v1alpha1`, "AuthorizationPolicy", `${server}-${authentication}`, spec);
}

/** Two routes, because what is retried is said of a route and not of a rule in it. */
function routes(service: MeshedService): MeshObject[] {
  const { mesh, name } = service;
  const timeout = { "timeout.linkerd.io/request": `${mesh.timeoutSeconds}s` };
  const retry = {
    "retry.linkerd.io/http": "gateway-error",
    "retry.linkerd.io/limit": String(mesh.readRetries),
  };
  const route = (part: string, annotations: Record<string, string>, methods: readonly ("GET" | "HEAD")[]) => {
    const spec: HttpRouteSpec = {
      parentRefs: [{ group: "core", kind: "Service", name, port: 80 }],
      rules: [
        {
          ...(methods.length === 0 ? {} : { matches: methods.map((method) => ({ method })) }),
          backendRefs: [{ name, port: 80 }],
        },
      ],
    };
    return object(service, `${POLICY}/v1beta3`, "HTTPRoute", part, spec, annotations);
  };
  return [
    route("reads", { ...timeout, ...(mesh.readRetries > 0 ? retry : {}) }, ["GET", "HEAD"]),
    route("writes", timeout, []),
  ];
}

function object(
  { name, namespace }: MeshedService,
  apiVersion: string,
  kind: string,
  part: string,
  spec: object,
  annotations?: Record<string, string>,
): MeshObject {
  const metadata = { name: `${name}-${part}`, namespace, labels: labels(name, "service") };
  return {
    apiVersion,
    kind,
    metadata: annotations === undefined ? metadata : { ...metadata, annotations },
    spec,
  };
}
